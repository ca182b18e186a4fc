import PipelineKit
import ProviderKit
import Testing

/// A service that breaks in one way, and what is told of it, whatever dialect it speaks.
struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: Failure.Kind
    /// With `{host}` for the service.
    var message: String
    var idle = Duration.seconds(60)
    var total = Duration.seconds(120)
    var testDescription: String { name }

    init(_ name: String, _ kind: Failure.Kind, _ message: String) {
        self.name = name
        self.kind = kind
        self.message = message
    }

    /// The same with a time after which it is over.
    func within(idle: Duration = .seconds(60), total: Duration = .seconds(120)) -> Fault {
        var fault = self
        (fault.idle, fault.total) = (idle, total)
        return fault
    }
}

/// Model services that break, over real sockets: every answer ends, as a reply or as a failure that says what was read.
@Suite(.faultyServer, .timeLimit(.minutes(5)))
struct FaultTests {
    let server: ModelServer
    static let cutBefore = "The answer of '{host}' was cut before its first word."
    static let cutAfter = "The answer of '{host}' was cut after 'Grüße,'."

    private var host: String { "127.0.0.1:\(server.port)" }

    init() throws { server = try #require(ModelServer.current) }

    private func expect(_ fault: Fault, from speech: Spoken) async {
        let told = await failure(of: fault, from: speech)
        #expect(told?.kind == fault.kind)
        let expected = fault.message.replacing("{host}", with: host)
        #expect(told?.message == expected)
    }

    private func failure(of fault: Fault, from speech: Spoken) async -> Failure? {
        do throws(Failure) {
            let reply = try await speech.ask(fault.name, at: server.port, idle: fault.idle, total: fault.total)
            Issue.record("\(speech) took it for an answer: \(reply)")
            return nil
        } catch {
            return error
        }
    }

    // What is odd and no mistake.

    @Test(
        arguments: Spoken.allCases,
        [
            "plain", "bytewise", "late/head", "late/inhead", "late/body", "late/middle", "interim", "unknown",
            "long_length",
        ]
    )
    func whatIsSlowOrOddIsStillAnAnswer(speech: Spoken, name: String) async throws {
        let reply = try await speech.ask(name, at: server.port)
        #expect(reply.text == "Grüße, Ada.")
        #expect(reply.calls.isEmpty && reply.stop == .finished)
        #expect(reply.usage == Usage(input: 20, output: 7))
    }

    @Test(arguments: Spoken.allCases) func bytesThatAreNoCharactersAreShownAsSuch(speech: Spoken) async throws {
        #expect(try await speech.ask("no_utf8", at: server.port).text == "Grüße, \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test(arguments: Spoken.allCases) func eventsThatComeTwiceAreTakenAsTheyStand(speech: Spoken) async throws {
        let reply = try await speech.ask("twice", at: server.port)
        #expect(reply.text == "Grüße, Grüße, Ada.Ada." || reply.text == "Grüße, Grüße, Ada.")
        #expect(reply.usage == Usage(input: 20, output: 7))
    }

    @Test(arguments: Spoken.allCases, ["most", "beyond", "negative", "double", "words"])
    func numbersOfTokensThatCannotBeDoNoHarm(speech: Spoken, name: String) async throws {
        let usage = try await speech.ask("tokens/\(name)", at: server.port).usage
        #expect(usage.input >= 0 && usage.output >= 0 && usage.total >= 0)
        let dear = Price(input: .usd(9e9), output: .usd(9e9))
        #expect(dear.cost(of: usage) >= .zero && dear.most(of: usage) >= .zero)
    }

    // Silence

    static let silences = [
        Fault("silent/head", .timedOut, "No answer from '{host}' within 2 s."),
        Fault("silent/inhead", .timedOut, "No answer from '{host}' within 2 s."),
        Fault("silent/body", .timedOut, "The answer of '{host}' stalled: nothing came for 2 s. \(cutBefore)"),
        Fault("silent/middle", .timedOut, "The answer of '{host}' stalled: nothing came for 2 s. \(cutAfter)"),
    ].map { $0.within(idle: .seconds(2)) }

    @Test(arguments: Spoken.allCases, silences) func silenceHasAnEnd(speech: Spoken, fault: Fault) async {
        await expect(fault, from: speech)
    }

    static let long = "word word word word"
    static let endless =
        [
            Fault("forever/pings", .timedOut, "The answer of '{host}' was not complete within 5 s. \(cutBefore)"),
            Fault("forever/events", .timedOut, "The answer of '{host}' was not complete within 5 s. \(cutBefore)"),
            Fault("headers_drip", .timedOut, "The answer of '{host}' was not complete within 5 s."),
        ].map { $0.within(total: .seconds(5)) } + [
            Fault("heads", .unavailable, "'{host}' answered with more than 64 KiB of headers.")
        ]

    @Test(arguments: Spoken.allCases, endless) func whatNeverEndsIsEnded(speech: Spoken, fault: Fault) async {
        await expect(fault, from: speech)
    }

    @Test(arguments: Spoken.allCases) func aModelThatTalksForEverIsEnded(speech: Spoken) async {
        let fault = Fault("forever/words", .timedOut, "").within(total: .seconds(5))
        let told = await failure(of: fault, from: speech)
        #expect(told?.kind == .timedOut && told?.mayHaveCost == true)
        let start = "The answer of '\(host)' was not complete within 5 s. The answer of '\(host)' was cut after 'word "
        #expect(told?.message.hasPrefix(start) == true && told?.message.hasSuffix(" word'.") == true)
    }

    // Garbage

    static let garbage = [
        Fault(
            "html/200-OK",
            .unavailable,
            "'{host}' did not answer as a model: '<!DOCTYPE html><html><body><h1>Sign in</h1><p>This network wants you to.</p></body></html>'."
        ),
        Fault(
            "html/502-Bad-Gateway",
            .unavailable,
            "'{host}' is out of order (502): '<!DOCTYPE html><html><body><h1>Sign in</h1><p>This network wants you to.</p></body></html>'."
        ),
        Fault(
            "html/503-Service-Unavailable",
            .unavailable,
            "'{host}' is out of order (503): '<!DOCTYPE html><html><body><h1>Sign in</h1><p>This network wants you to.</p></body></html>'."
        ),
        Fault(
            "bad_chunk",
            .unavailable,
            "The connection to '{host}' broke: Failure when receiving data from the peer. \(cutAfter)"
        ),
        Fault("cut_chunk", .unavailable, "The connection to '{host}' broke: Transferred a partial file. \(cutAfter)"),
        Fault("negative_length", .unavailable, "'{host}' does not answer in HTTP."),
        Fault("short_length", .unavailable, cutAfter),
        Fault(
            "deep",
            .unavailable,
            "'{host}' sent a piece of an answer that is no JSON object: '\(String(repeating: "{\"a\":", count: 40))…'."
        ),
        Fault("wrong/0", .unavailable, "'{host}' sent a piece of an answer that is no JSON object: '[]'."),
        Fault("wrong/1", .unavailable, "'{host}' sent a piece of an answer that is no JSON object: '\"words\"'."),
        Fault("wrong/2", .unavailable, "'{host}' sent a piece of an answer that is no JSON object: '17'."),
        Fault("wrong/3", .unavailable, "'{host}' sent a piece of an answer that is no JSON object: 'null'."),
        Fault("wrong/4", .unavailable, "'{host}' sent a piece of an answer that is no JSON object: ''."),
        Fault("wrong/5", .unavailable, "'{host}' sent a piece of an answer that is no JSON object: '{'."),
    ]

    @Test(arguments: Spoken.allCases, garbage) func garbageIsQuoted(speech: Spoken, fault: Fault) async {
        await expect(fault, from: speech)
    }

    @Test(
        arguments: Spoken.allCases,
        [
            (6, #"{"choices": 5, "candidates": 5, "type": 5}"#),
            (7, #"{"choices": [5], "candidates": [5], "type": {}}"#),
            (8, #"{"choices": {}, "candidates": {}, "type": []}"#),
        ]
    )
    func anAnswerOfTheWrongShapeIsNone(speech: Spoken, sent: (number: Int, json: String)) async {
        let end = speech == .chat ? " data: [DONE]" : ""
        let message = "'{host}' did not answer as a model: 'data: \(sent.json)\(end)'."
        await expect(Fault("wrong/\(sent.number)", .unavailable, message), from: speech)
    }

    @Test(arguments: Spoken.allCases) func aServiceThatGivesUpIsQuoted(speech: Spoken) async {
        let words = speech == .gemini ? "is out of order (503)" : "gave up in the middle of its answer"
        let message = "'{host}' \(words): Overloaded. \(Self.cutAfter)"
        await expect(Fault("gives_up", .unavailable, message), from: speech)
    }

    @Test(arguments: Spoken.allCases) func bytesThatAreNoTextAreQuotedAsFarAsTheyCanBe(speech: Spoken) async {
        let told = await failure(of: Fault("binary", .unavailable, ""), from: speech)
        #expect(told?.kind == .unavailable && told?.mayHaveCost == true)
        #expect(told?.message.hasPrefix("'\(host)' did not answer as a model: '") == true, "\(told?.message ?? "")")
        #expect((told?.message.count ?? 0) < 300)
    }

    // Broken connections

    static let resets = [
        Fault(
            "resets/head",
            .unavailable,
            "The connection to '{host}' broke: Failure when receiving data from the peer."
        ),
        Fault(
            "resets/inhead",
            .unavailable,
            "The connection to '{host}' broke: Failure when receiving data from the peer."
        ),
        Fault(
            "resets/body",
            .unavailable,
            "The connection to '{host}' broke: Failure when receiving data from the peer. \(cutBefore)"
        ),
        Fault(
            "resets/middle",
            .unavailable,
            "The connection to '{host}' broke: Failure when receiving data from the peer. \(cutAfter)"
        ),
        Fault(
            "resets/end",
            .unavailable,
            "The connection to '{host}' broke: Failure when receiving data from the peer. The answer of '{host}' was cut after 'Grüße, Ada.'."
        ),
    ]

    @Test(arguments: Spoken.allCases, resets) func aResetIsTold(speech: Spoken, fault: Fault) async {
        await expect(fault, from: speech)
    }

    /// While a request of megabytes is on its way; which of the two sides of the socket says so first is not certain.
    @Test(arguments: Spoken.allCases) func aResetInTheRequestIsTold(speech: Spoken) async {
        var request = Spoken.request
        request.messages = [.user(String(repeating: "words ", count: 1_000_000))]
        let words = ["Failure when receiving data from the peer", "Failed sending data to the peer"]
        let told = words.map { Failure(.unavailable, "The connection to '\(host)' broke: \($0).", mayHaveCost: true) }
        await #expect {
            try await speech.ask("upload", at: server.port, request: request)
        } throws: { error in
            told.contains { $0 == error as? Failure }
        }
    }

    // Refusals

    @Test(arguments: Spoken.allCases, [301, 302, 303, 307, 308])
    func aRedirectIsNotFollowed(speech: Spoken, status: Int) async {
        let message =
            "'{host}' sends requests elsewhere (\(status)) to 'https://elsewhere.example/v1'; set that as the base URL."
        await expect(Fault("redirect/\(status)", .invalidInput, message), from: speech)
    }

    @Test(
        arguments: Spoken.allCases,
        [
            ("seconds", 7), ("fraction", 0.5), ("milliseconds", 0.25), ("both", 0.25), ("zero", 0), ("never", nil),
            ("date", 30), ("rfc850", 30), ("asctime", 30), ("past", 0), ("words", nil), ("negative", nil),
            ("huge", 1e300),
            ("empty", nil),
        ] as [(String, Double?)]
    )
    func theTimeThatALimitAsksForIsKept(speech: Spoken, told: (form: String, seconds: Double?)) async {
        let failure = await failure(of: Fault("limited/\(told.form)", .rateLimited, ""), from: speech)
        let message = "'\(host)' asks to come back later (429): Slow down."
        #expect(failure == Failure(.rateLimited, message, retryAfter: told.seconds))
    }

    @Test(arguments: Spoken.allCases) func anOverloadIsTold(speech: Spoken) async {
        let failure = await failure(of: Fault("overloaded", .unavailable, ""), from: speech)
        let message = "'\(host)' is out of order (529): Overloaded."
        #expect(failure == Failure(.unavailable, message, retryAfter: 3))
    }
}
