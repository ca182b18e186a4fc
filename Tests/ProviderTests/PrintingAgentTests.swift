import CommandProvider
import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Synchronization
import Testing

/// A program as the model that is given its task, works by itself and prints for people.
@Suite(.timeLimit(.minutes(5)))
struct PrintingAgentTests {
    /// What was printed, by stream.
    private final class Printed: Sendable {
        private let texts = Mutex<[Bool: String]>([:])
        func add(_ text: String, _ isError: Bool) { texts.withLock { $0[isError, default: ""] += text } }
        var output: String { texts.withLock { $0[false] ?? "" } }
        var errors: String { texts.withLock { $0[true] ?? "" } }
    }

    private struct Work {
        var result: Result<ModelReply, Failure>
        var output: String
        var errors: String
        var directory: String
        var failure: Failure? { if case .failure(let failure) = result { failure } else { nil } }
    }

    private func work(_ line: String, _ more: JSONValue = [:], _ check: (Work) throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "agent-\(UUID().uuidString)")
            .resolvingSymlinksInPath().path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let example = ProgramExample(
            line: line,
            .object(more.members.merging(["protocol": "prints"]) { own, _ in own })
        )
        let printed = Printed()
        var context = ProviderContext(
            transport: NoTransport(),
            secrets: { _ in nil },
            workspace: { Workspace(path: directory) }
        )
        context.printed = printed.add
        let result: Result<ModelReply, Failure>
        do throws(Failure) {
            result = .success(try await example.provider().reply(to: example.request, in: context))
        } catch { result = .failure(error) }
        try check(Work(result: result, output: printed.output, errors: printed.errors, directory: directory))
    }

    @Test func itIsGivenItsTaskAndWorksInTheWorkspace() async throws {
        try await work("cat > task; pwd; echo 'Looks odd.' >&2; echo Done.") { work in
            #expect(work.output == "\(work.directory)\nDone.\n")
            #expect(work.errors == "Looks odd.\n")
            let reply = try work.result.get()
            #expect(reply.text == "\(work.directory)\nDone.")
            #expect((reply.calls, reply.stop) == ([], .finished))
            let task = try String(contentsOfFile: "\(work.directory)/task", encoding: .utf8)
            #expect(task.contains("Go.") && task.contains("You have tools of your own"))
        }
    }

    @Test func ofALongOutputTheReplyIsTheEnd() async throws {
        try await work("seq 1 20000") { work in
            let text = try work.result.get().text
            #expect(text.hasSuffix("19999\n20000"))
            #expect(text.count == 8_000)
            #expect(work.output.split(separator: "\n").count == 20_000)
        }
    }

    /// It has worked, and is not started again for that.
    @Test(arguments: [
        ("echo no luck >&2; exit 3", "exited with 3: no luck"),
        ("echo 'Nothing to do'; exit 1", "exited with 1: Nothing to do"),
        ("exit 7", "exited with 7."), ("kill -9 $$", "exited with 137."),
    ])
    func howItFailedIsTold(line: String, message: String) async throws {
        try await work(line) { work in
            let told = "'\(Command.shell(line, in: "/"))' \(message)"
            #expect(work.failure == Failure(.invalidInput, told, mayHaveCost: true))
        }
    }

    @Test func itHasItsTime() async throws {
        let times: JSONValue = ["first_byte_timeout": "2s", "idle_timeout": "2s", "total_timeout": "2s"]
        try await work("echo Begun; exec sleep 600", times) { work in
            #expect(work.failure?.kind == .invalidInput)
            #expect(work.failure?.message.contains("was still running after 2s and was ended.") == true)
            #expect(work.output == "Begun\n")
        }
    }

    @Test func itEndsWithEverythingItStartedWhenItIsCancelled() async throws {
        let mark = ProcessMark()
        let example = ProgramExample(
            line: mark.on("trap 'echo asked > asked; exit' TERM; sleep MARK & echo up; wait"),
            ["protocol": "prints"]
        )
        let directory = FileManager.default.temporaryDirectory.appending(path: "agent-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let up = AsyncStream.makeStream(of: Void.self)
        var context = ProviderContext(
            transport: NoTransport(),
            secrets: { _ in nil },
            workspace: { Workspace(path: directory) }
        )
        context.printed = { _, _ in up.continuation.yield() }
        let task = Task { [context] in try await example.provider().reply(to: example.request, in: context) }
        for await _ in up.stream { break }
        task.cancel()
        let result = await task.result
        #expect(throws: Failure.self) { try result.get() }
        #expect(mark.processes == [])
        #expect(FileManager.default.fileExists(atPath: "\(directory)/asked"), "it is asked before it is ended")
    }

    @Test func withoutAWorkspaceItIsRefused() async throws {
        await #expect(
            throws: Failure(
                .invalidInput,
                "An agent works on the files of a run, and is not asked for anything else, such as to judge."
            )
        ) {
            try await ProgramExample(line: "true", ["protocol": "prints"]).ask()
        }
    }
}
