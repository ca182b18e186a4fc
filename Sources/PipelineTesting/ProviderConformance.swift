public import PipelineKit
import Synchronization
import Testing

/// One exchange with a provider, of which all that matters is known.
public struct ProviderExample: Sendable {
    public var settings: JSONValue
    /// By the name of the variable or of the stored key.
    public var secrets: [String: String]
    public var request: ModelRequest
    /// What the service answers; `nil` for a provider that sends nothing.
    public var answer: RecordedTransport.Answer?
    public var reply: ModelReply

    public init(
        settings: JSONValue = [:],
        secrets: [String: String] = [:],
        request: ModelRequest,
        answer: RecordedTransport.Answer?,
        reply: ModelReply
    ) {
        self.settings = settings
        self.secrets = secrets
        self.request = request
        self.answer = answer
        self.reply = reply
    }
}

/// What every provider owes the engine, whatever service it asks.
public func expectConformance<P: Provider>(of provider: P.Type, in example: ProviderExample) async throws {
    expectIdentity(of: provider)
    let subject = try Subject(provider, example)
    subject.expectReady()
    await subject.expectReply(through: example.answer ?? .init(pieces: []))
    guard let answer = example.answer else { return }
    await subject.expectReply(through: .init(pieces: answer.bytes.map { [$0] }))
    await subject.expectSameRequestTwice(answer)
    await subject.expectNoShorterReply(from: answer)
    await subject.expectFailuresPassedOn()
    await subject.expectRefusalsTold()
}

private func expectIdentity<P: Provider>(of provider: P.Type) {
    #expect(P.id.value.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "A provider is named in lower case.")
    #expect(P.summary.hasSuffix("."), "A summary is a sentence.")
    for field in P.Settings.fields {
        #expect(field.help.hasSuffix("."), "The help of '\(field.name)' is a sentence.")
        #expect(!field.isRequired, "A provider works without settings, but '\(field.name)' must be given.")
    }
    #expect(throws: FieldProblems.self) { try P.Settings(json: ["no_such_setting": 1]) }
    #expect(throws: Never.self) { try P(settings: P.Settings(json: P.Settings().json)) }
}

private struct Subject<P: Provider> {
    let provider: P
    let example: ProviderExample

    init(_ type: P.Type, _ example: ProviderExample) throws {
        provider = try P(settings: P.Settings(json: example.settings))
        self.example = example
    }

    func ask(_ transport: RecordedTransport) async -> (result: Result<ModelReply, Failure>, pieces: [ModelPiece]) {
        let pieces = Pieces()
        let secrets = example.secrets
        let context = ProviderContext(transport: transport, secrets: { secrets[$0.name] }, emit: { pieces.add($0) })
        do throws(Failure) {
            return (.success(try await provider.reply(to: example.request, in: context)), pieces.all)
        } catch {
            return (.failure(error), pieces.all)
        }
    }

    /// What can be asked is not refused beforehand.
    func expectReady() {
        let secrets = example.secrets
        #expect(throws: Never.self) { try provider.check(example.request.model, secrets: { secrets[$0.name] }) }
    }

    /// The whole reply, and its pieces add up to it.
    func expectReply(through answer: RecordedTransport.Answer) async {
        let (result, pieces) = await ask(RecordedTransport(answer))
        #expect(result == .success(example.reply))
        let text = pieces.reduce(into: "") { if case .text(let piece) = $1 { $0 += piece } }
        let tools = pieces.compactMap { piece in if case .call(let tool) = piece { tool } else { nil } }
        #expect(text == example.reply.text)
        #expect(tools == example.reply.calls.map(\.tool))
    }

    func expectSameRequestTwice(_ answer: RecordedTransport.Answer) async {
        let transport = RecordedTransport(answer)
        _ = await ask(transport)
        _ = await ask(transport)
        let requests = transport.requests
        #expect(requests.count == 2)
        #expect(requests.first == requests.last)
        for secret in example.secrets.values where secret.count >= 4 {
            #expect(requests.allSatisfy { !$0.url.contains(secret) }, "A URL is written to logs on its way.")
        }
    }

    /// An answer cut anywhere is all of the reply or a failure that is worth another attempt; never a part of it.
    func expectNoShorterReply(from answer: RecordedTransport.Answer) async {
        let bytes = answer.bytes
        for end in [nil, Failure(.unavailable, "The connection broke.")] {
            for count in bytes.indices {
                let cut = RecordedTransport.Answer(headers: answer.headers, pieces: [Array(bytes[..<count])], end: end)
                switch await ask(RecordedTransport(cut)).result {
                case .success(let reply):
                    #expect(reply.text == example.reply.text, "cut after \(count) bytes")
                    #expect(reply.calls == example.reply.calls, "cut after \(count) bytes")
                case .failure(let failure):
                    #expect(failure.kind == .unavailable, "cut after \(count) bytes: \(failure)")
                }
            }
        }
    }

    func expectFailuresPassedOn() async {
        for kind in Failure.Kind.allCases {
            let failure = Failure(kind, "As the transport says.", retryAfter: 3)
            #expect(await ask(RecordedTransport(failing: failure)).result == .failure(failure))
        }
    }

    /// The refusals of HTTP, with a body that repeats what must not be told.
    func expectRefusalsTold() async {
        let secrets = example.secrets.values.joined(separator: " ")
        let kinds: [(Int, Failure.Kind)] = [
            (400, .invalidInput), (401, .missing), (403, .denied), (404, .invalidInput), (429, .rateLimited),
            (500, .unavailable), (503, .unavailable),
        ]
        for (status, kind) in kinds {
            let answer = RecordedTransport.Answer(status: status, headers: ["retry-after": "7"], "Not for \(secrets)!")
            guard case .failure(let failure) = await ask(RecordedTransport(answer)).result else {
                Issue.record("An answer with status \(status) is no reply.")
                continue
            }
            #expect(failure.kind == kind, "status \(status)")
            #expect(kind != .rateLimited || failure.retryAfter == 7)
            #expect(example.secrets.values.allSatisfy { !failure.message.contains($0) }, "status \(status)")
        }
    }
}

private final class Pieces: Sendable {
    private let list = Mutex<[ModelPiece]>([])
    var all: [ModelPiece] { list.withLock(\.self) }
    func add(_ piece: ModelPiece) { list.withLock { $0.append(piece) } }
}
