import PipelineKit
import ProviderKit

/// One object that a program prints. Each adds to the reply, and the one with `stop` is the last.
///
/// ```json
/// {"text": "I shall look. ", "calls": [{"tool": "file_read", "arguments": {"path": "a.py"}}],
///  "usage": {"input": 1200, "output": 40}, "stop": "finished"}
/// ```
struct ProgramPiece: Fields {
    @Field("What the model says.") var text: String = ""
    @Field("What it thinks, for those who watch.") var reasoning: String = ""
    @Field("The calls it asks for.") var calls: [ProgramCall] = []
    @Field("The tokens of the whole reply.") var usage: ProgramUsage? = nil
    @Field("What is to be given back with this reply in later requests.") var keepsake: JSONValue? = nil
    @Field("Why the model stopped; nothing comes after that.") var stop: ModelReply.Stop? = nil
    @Field("Why there is no reply.") var error: ProgramError? = nil
}

struct ProgramCall: Fields {
    @Field("The call's name; one is found when it has none.") var id: String = ""
    @Field("The tool's name.") var tool: String
    @Field("Its arguments: an object, or a text that is passed on as it stands.") var arguments: JSONValue = [:]
}

struct ProgramUsage: Fields {
    @Field("Tokens read, cached ones included.") var input: Int
    @Field("Those that came from a cache.") var cached: Int = 0
    @Field("Tokens written, those of thoughts included.") var output: Int
    @Field("Those that the model thought with.") var reasoning: Int = 0
}

struct ProgramError: Fields {
    @Field("What kind of failure it is.") var kind: ProgramErrorKind
    @Field("What a person is told.") var message: String
    @Field("How long to wait before the model is asked again.") var retryAfter: Duration? = nil
}

/// ``Failure/Kind`` under the names it is recorded by, but for the one that only the engine knows of.
enum ProgramErrorKind: Choice {
    case failure(Failure.Kind)

    static var allCases: [ProgramErrorKind] {
        Failure.Kind.allCases.filter { $0 != .cancelled }.map(ProgramErrorKind.failure)
    }
    var rawValue: String { kind.rawValue }
    var kind: Failure.Kind {
        switch self {
        case .failure(let kind): kind
        }
    }
    init?(rawValue: String) {
        guard let kind = Failure.Kind(rawValue: rawValue), kind != .cancelled else { return nil }
        self = .failure(kind)
    }
}

/// A reply as far as a program has told it.
struct ProgramDraft: ReplyParts {
    private let model: String
    private(set) var text = ""
    private(set) var calls: [DraftCall] = []
    private(set) var usage: Usage?
    private(set) var stop: ModelReply.Stop?
    private var kept: JSONValue?

    init(of model: String) { self.model = model }

    var keepsake: JSONValue? { ProgramKeepsake.closed(kept, of: model) }

    mutating func add(_ piece: ProgramPiece) -> [ModelPiece] {
        text += piece.text
        calls += piece.calls.map { DraftCall(id: $0.id, tool: $0.tool, arguments: $0.arguments.asWritten) }
        if let told = piece.usage {
            usage = Usage(counted: told.input, cached: told.cached, output: told.output, reasoning: told.reasoning)
        }
        kept = piece.keepsake ?? kept
        stop = piece.stop
        let words: [ModelPiece] = [.reasoning(piece.reasoning), .text(piece.text)]
        return words.filter { $0 != .reasoning("") && $0 != .text("") } + piece.calls.map { .call(tool: $0.tool) }
    }
}

extension JSONValue {
    /// A text as it stands, for arguments that are no JSON; anything else as JSON.
    fileprivate var asWritten: String { text ?? jsonText }
}
