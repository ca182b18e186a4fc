import Foundation
import PipelineTesting
import ProcessKit
import Testing

/// An engine that is killed takes its commands with it.
@Suite(.serialized) struct KilledEngineTests {
    /// The executable, which stands beside the tests.
    static let engine = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "KillableEngine").path

    @Test(arguments: [
        "echo up; sleep MARK",
        "sleep MARK & echo up; sleep MARK",
        "(setsid sh -c 'sleep MARK & exec sleep MARK' &) ; echo up; trap '' TERM HUP; sleep MARK; sleep MARK",
    ])
    func nothingIsLeft(line: String) async throws {
        let mark = ProcessMark()
        let (pid, output) = try start([mark.on(line)])
        #expect(output.availableData == Data("up\n".utf8))
        #expect(!mark.processes.isEmpty)
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        #expect(await mark.settled(at: 0) == [])
    }

    @Test(arguments: [
        "echo up; sleep MARK",
        "(setsid sh -c 'sleep MARK & exec sleep MARK' &) ; echo up; trap '' TERM HUP; sleep MARK; sleep MARK",
    ])
    func nothingIsLeftInASandbox(line: String) async throws {
        try await Project.with(["tmp/x": "", "home/x": ""]) { project in
            let mark = ProcessMark()
            let (pid, output) = try start(["confined", project.path, mark.on(line)])
            #expect(output.availableData == Data("up\n".utf8))
            #expect(!mark.processes.isEmpty)
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            #expect(await mark.settled(at: 0) == [])
        }
    }

    /// Its commands' supervisors would have ended what they started, had they lived.
    @Test(arguments: [
        "echo up; sleep MARK", "sleep MARK & echo up; sleep MARK",
        "(setsid sh -c 'sleep MARK & exec sleep MARK' &) ; echo up; sleep MARK",
        "nohup sleep MARK >/dev/null 2>&1 & env -i /bin/sleep MARK & setsid sleep MARK & echo up; sleep MARK",
    ])
    func whatASupervisorLeftThatWasKilledTooIsEndedByTheNextEngine(line: String) async throws {
        try await Project.with { project in
            let (mark, other) = (ProcessMark(), ProcessMark())
            let bystander = try start([other.on("echo up; sleep MARK")])
            #expect(bystander.output.availableData == Data("up\n".utf8))
            let (pid, output) = try start(["recorded", project.path, mark.on(line)])
            #expect(read(output, until: "up\n") == "0\nup\n")
            try killAtOnce(pid, and: supervisors(of: pid))
            #expect(try said(by: ["recorded", project.path, "true"]) != "0\n")
            #expect(await mark.settled(at: 0) == [])
            #expect(other.processes.count == 4)
            kill(bystander.pid, SIGKILL)
            waitpid(bystander.pid, nil, 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: project.path) == [])
        }
    }

    @Test func whatAnEngineThatLivesHasStartedIsLeftAlone() async throws {
        try await Project.with { project in
            let mark = ProcessMark()
            let (pid, output) = try start(["recorded", project.path, mark.on("echo up; sleep MARK")])
            #expect(read(output, until: "up\n") == "0\nup\n")
            #expect(try said(by: ["recorded", project.path, "true"]) == "0\n")
            #expect(mark.processes.count == 4)
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            #expect(await mark.settled(at: 0) == [])
        }
    }

    /// What an engine that ends by itself prints.
    private func said(by words: [String]) throws -> String {
        let (pid, output) = try start(words)
        defer { waitpid(pid, nil, 0) }
        return String(decoding: try output.readToEnd() ?? Data(), as: UTF8.self)
    }

    private func read(_ output: FileHandle, until end: String) -> String {
        var text = ""
        while !text.hasSuffix(end), case let data = output.availableData, !data.isEmpty {
            text += String(decoding: data, as: UTF8.self)
        }
        return text
    }

    private func supervisors(of engine: pid_t) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { pid in
            let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            return status.contains("(sluice-command)")
                && status.split(separator: ")").last?.split(separator: " ").dropFirst().first == "\(engine)"
        }
    }

    /// Stopped first, so that no supervisor sees the engine's end.
    private func killAtOnce(_ engine: pid_t, and supervisors: [pid_t]) throws {
        try #require(!supervisors.isEmpty)
        for pid in supervisors { kill(pid, SIGSTOP) }
        kill(engine, SIGKILL)
        for pid in supervisors { kill(pid, SIGKILL) }
        waitpid(engine, nil, 0)
    }

    /// Starts an engine with these words; its output can be read. Foundation's `Process` leaves sockets open.
    private func start(_ arguments: [String]) throws -> (pid: pid_t, output: FileHandle) {
        let output = Pipe()
        defer { try? output.fileHandleForWriting.close() }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output.fileHandleForWriting.fileDescriptor, STDOUT_FILENO)
        let words: [UnsafeMutablePointer<CChar>?] = ([Self.engine] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, Self.engine, &actions, nil, words, [nil])
        try #require(code == 0)
        return (pid, output.fileHandleForReading)
    }
}
