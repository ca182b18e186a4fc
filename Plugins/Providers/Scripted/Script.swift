import FoundationEssentials
import PipelineKit

/// The file a scripted model plays.
///
/// ```json
/// {
///   "price": {"input": "2.50 USD", "output": "10.00 USD"},
///   "replies": [
///     {
///       "text": "I shall look at the tests.",
///       "calls": [{"tool": "bash_exec", "arguments": {"command": "pytest -q"}}],
///       "usage": {"input": 1200, "cached": 1000, "output": 40}
///     },
///     {
///       "expect": "1 failed",
///       "errors": [{"kind": "rate_limited", "message": "Too many requests.", "retry_after": "2s"}],
///       "text": "Done."
///     }
///   ]
/// }
/// ```
///
/// The list of replies alone will do as well. `expect` must occur in the last message of the request. `errors` are
/// played in the first attempts, one in each; `error` in every attempt after them. `arguments` are an object, or a text
/// that is passed on as it stands. `stop` is `finished`, `length` or `filtered`. The price is for a million tokens, `long`
/// for requests with more than `above` of them. `sluice run --record` writes such a file from a run.
struct Script: Fields {
    @Field("What a million tokens cost.") var price: ScriptedPrice? = nil
    @Field("Tokens that a request may have with its reply; a conversation that grows longer is summarised.")
    var window: Int? = nil
    @Field("The replies, in the order they are played.") var replies: [ScriptedReply]
}

struct ScriptedPrice: Fields {
    @Field("For tokens read.") var input: Money
    @Field("For tokens read from the cache; as much as the others when nothing is said.") var cached: Money? = nil
    @Field("For tokens written into the cache; as much as the others when nothing is said.")
    var cacheWrite: Money? = nil
    @Field("For tokens written.") var output: Money
    @Field("What they cost in requests that are longer.") var long: ScriptedLongPrice? = nil

    var value: Price {
        Price(
            Price.Rates(input: input, cached: cached, cacheWrite: cacheWrite, output: output),
            long: long.map { Price.Long(above: $0.above, rates: $0.rates) }
        )
    }
}

struct ScriptedLongPrice: Fields {
    @Field("Tokens read, up to which these prices do not hold.") var above: Int
    @Field("For tokens read.") var input: Money
    @Field("For tokens read from the cache; as much as the others when nothing is said.") var cached: Money? = nil
    @Field("For tokens written into the cache; as much as the others when nothing is said.")
    var cacheWrite: Money? = nil
    @Field("For tokens written.") var output: Money

    var rates: Price.Rates {
        Price.Rates(input: input, cached: cached, cacheWrite: cacheWrite, output: output)
    }
}

struct ScriptedReply: Fields {
    @Field("What the model says.") var text: String = ""
    @Field("The calls it asks for.") var calls: [ScriptedCall] = []
    @Field("The tokens it used.") var usage: ScriptedUsage = ScriptedUsage()
    @Field("Why it stopped.") var stop: ModelReply.Stop = .finished
    @Field("What the provider is to be given back with the reply, as a vendor may want for its thoughts.")
    var keepsake: JSONValue? = nil
    @Field("What must occur in the last message of the request.") var expect: String? = nil
    @Field("Failures to play first, one for each attempt.") var errors: [ScriptedFailure] = []
    @Field("A failure to play whenever the errors are over.") var error: ScriptedFailure? = nil
}

struct ScriptedCall: Fields {
    @Field("The tool's name.") var tool: String
    @Field("Its arguments: an object, or a text that is passed on as it stands.") var arguments: JSONValue = [:]
}

struct ScriptedUsage: Fields {
    @Field("Tokens read, cached ones included.") var input: Int = 0
    @Field("Those that came from the cache.") var cached: Int = 0
    @Field("Those that were written into the cache.") var cacheWrites: Int = 0
    @Field("Tokens written, those of thoughts included.") var output: Int = 0
    @Field("Those that the model thought with.") var reasoning: Int = 0
}

struct ScriptedFailure: Fields {
    @Field("What kind of failure it is.") var kind: Failure.Kind
    @Field("What it says.") var message: String
    @Field("How long it asks to wait.") var retryAfter: Duration? = nil
    @Field("Whether the service may have charged for it.") var mayHaveCost: Bool = false
    @Field("Whether it is that the request is too long.") var tooLong: Bool = false
}

extension Script {
    /// - Throws: ``Failure/Kind/missing`` without the file, ``Failure/Kind/invalidInput`` with all its mistakes.
    init(file path: String) throws(Failure) {
        guard let data = FileManager.default.contents(atPath: path) else {
            let place = path.hasPrefix("/") ? "" : " in '\(FileManager.default.currentDirectoryPath)'"
            let isThere = FileManager.default.fileExists(atPath: path)
            let found =
                isThere ? "The script '\(path)'\(place) cannot be read." : "There is no script '\(path)'\(place)."
            throw Failure(.missing, "\(found) The model is named by the path of its script: 'scripted/PATH'.")
        }
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: Array(data)) } catch {
            throw Failure(.invalidInput, "The script '\(path)' cannot be read. \(error)")
        }
        let isList = if case .array = json { true } else { false }
        do throws(FieldProblems) { self = try Script(json: isList ? ["replies": json] : json) } catch {
            let sentences = error.all.map { $0.path.parts.isEmpty ? $0.message : "\($0.path): \($0.message)" }
            throw Failure(.invalidInput, (["The script '\(path)' is wrong."] + sentences).joined(separator: "\n"))
        }
    }
}
