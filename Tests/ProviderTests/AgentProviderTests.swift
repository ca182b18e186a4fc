import CommandProvider
import Foundation
import PipelineKit
import PipelineTesting
import Testing

/// An agent of another maker as the model, over the Agent Client Protocol.
@Suite(.timeLimit(.minutes(10)))
struct AgentProviderTests {
    private static let fixture = ModelServer.fixtures.appending(path: "Servers/acp_agent.py").path

    /// What an agent replied to a request in a directory of its own.
    private struct Work {
        var result: Result<ModelReply, Failure>
        var pieces: [ModelPiece]
        var directory: String
        var made: String? { try? String(contentsOfFile: "\(directory)/made", encoding: .utf8) }
        var failure: Failure? { if case .failure(let failure) = result { failure } else { nil } }
        var reply: ModelReply? { try? result.get() }
    }

    private func work(
        _ what: String,
        _ more: JSONValue = [:],
        messages: [Message] = [.user("Go.")],
        _ check: (Work) throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "agent-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let settings = more.members.merging(["protocol": "acp"]) { own, _ in own }
        var example = ProgramExample(["/usr/bin/python3", Self.fixture, what], .object(settings))
        example.messages = messages
        let pieces = PieceList()
        let context = ProviderContext(
            transport: NoTransport(),
            secrets: { _ in nil },
            workspace: { Workspace(path: directory) },
            emit: pieces.add
        )
        let result: Result<ModelReply, Failure>
        do throws(Failure) {
            result = .success(try await example.provider().reply(to: example.request, in: context))
        } catch { result = .failure(error) }
        try check(Work(result: result, pieces: pieces.all, directory: directory))
    }

    private func name(_ what: String) -> String { "/usr/bin/python3 \(Self.fixture) \(what)" }

    @Test func anAgentWorksInTheWorkspaceAndItsWordsAreTheReply() async throws {
        try await work("work") { work in
            #expect(work.reply?.text == "Written in \(work.directory).")
            #expect(work.reply?.calls == [])
            #expect(work.reply?.stop == .finished)
            #expect(work.reply?.usage == Usage(input: 120, cached: 20, output: 30))
            let told: [ModelPiece] = [
                .reasoning("I look."), .reasoning("[Write made]\n"), .text("Written "),
                .text("in \(work.directory)."),
            ]
            #expect(work.pieces == told)
            #expect(
                work.made == """
                    You are a test.

                    You have tools of your own: work with them in the current directory, until the work is done.

                    Go.
                    """
            )
        }
    }

    @Test func itIsToldWhatWasSaidBefore() async throws {
        let messages: [Message] = [.user("Go."), .assistant("Done.", calls: []), .user("The goal does not hold.")]
        try await work("work", messages: messages) { work in
            let end = """
                What was said so far, the oldest first:

                Go.

                You answered:
                Done.

                The goal does not hold.
                """
            #expect(work.made?.hasSuffix(end) == true)
        }
    }

    @Test(arguments: [
        ("refuse", "[Refused without asking anybody, as 'permissions: refuse' says: Write made]\n", "reject_once"),
        ("allow", "[Allowed without asking anybody, as 'permissions: allow' says: Write made]\n", "allow_once"),
    ])
    func whatItAsksIsAnsweredAsTheSettingsSayAndNoted(policy: JSONValue, note: String, option: String) async throws {
        try await work("ask", ["permissions": policy]) { work in
            let answer = #"{"optionId": "o-\#(option)", "outcome": "selected"}"#
            #expect(work.reply?.text == note + answer)
        }
    }

    @Test func nothingIsOfferedThatWasNotAnnounced() async throws {
        try await work("files") { work in
            #expect(work.reply?.text == "There is no method 'fs/read_text_file' here.")
        }
    }

    @Test func garbageIsQuoted() async throws {
        try await work("garbage") { work in
            let reason = "Not valid JSON at line 1, column 1 (byte 0): expected a value, but found 'Segmentation'."
            let words =
                "'\(name("garbage"))' did not answer 'session/prompt'. 'Segmentation fault' was read where a message should be. "
                + reason
            #expect(work.failure?.kind == .unavailable)
            #expect(work.failure?.message.hasPrefix(words) == true, "\(work.failure?.message ?? "")")
        }
    }

    @Test func aCrashIsToldWithItsStatusAndLastWords() async throws {
        try await work("crash") { work in
            #expect(
                work.failure?.message == """
                    '\(name("crash"))' did not answer 'session/prompt'. It ended. It exited with 3. The end of what it wrote to \
                    standard error:
                    out of ideas Its reply was cut after 'I begin'.
                    """
            )
            #expect(work.failure?.mayHaveCost == true)
        }
    }

    @Test func silenceEndsIt() async throws {
        try await work("hang", ["idle_timeout": "1s"]) { work in
            let words = "'\(name("hang"))' said nothing more for 1s and was ended. Its reply was cut after 'Wait'."
            #expect(work.failure == Failure(.timedOut, words, mayHaveCost: true))
        }
        try await work("mute", ["first_byte_timeout": "1s"]) { work in
            let words = "'\(name("mute"))' did not answer 'initialize' within 1s and was ended."
            #expect(work.failure == Failure(.timedOut, words, mayHaveCost: false))
        }
    }

    @Test(arguments: [
        ("old", Failure.Kind.missing, "speaks version 2 of the Agent Client Protocol, and here 1 is spoken."),
        ("login", .missing, "wants somebody to sign in first: Authentication required. Do so with the program itself."),
        ("strange", .unavailable, "stopped with 'because', which ends no reply."),
    ])
    func whatCannotBeIsSaid(what: String, kind: Failure.Kind, words: String) async throws {
        try await work(what) { work in
            #expect(work.failure?.kind == kind)
            #expect(work.failure?.message == "'\(name(what))' \(words)")
        }
    }

    @Test func whatItStartedEndsWithIt() async throws {
        try await work("orphan") { work in
            let child = try #require(work.reply.flatMap { Int32($0.text) })
            let deadline = ContinuousClock.now + .seconds(60)
            while kill(child, 0) == 0, ContinuousClock.now < deadline { usleep(20_000) }
            #expect(kill(child, 0) != 0)
        }
    }

    @Test func outsideOfARunThereIsNothingToWorkOn() async throws {
        let example = ProgramExample(["/usr/bin/python3", Self.fixture, "work"], ["protocol": "acp"])
        let words =
            "An agent works on the files of a run, and is not asked for anything else, such as to judge."
        await #expect(throws: Failure(.invalidInput, words)) { try await example.ask() }
    }

    @Test func aProgramThatIsNotThereIsMissing() async throws {
        let example = ProgramExample(["/no/such/agent"], ["protocol": "acp"])
        #expect(throws: Failure.self) { try example.provider().check("x", secrets: { _ in nil }) }
    }
}
