import Foundation
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
        let mark = Mark()
        let (pid, output) = try start(mark.on(line))
        #expect(output.availableData == Data("up\n".utf8))
        #expect(!mark.processes.isEmpty)
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        #expect(await mark.settled(at: 0) == [])
    }

    /// Starts an engine that runs this line; its output can be read. Foundation's `Process` leaves sockets open.
    private func start(_ line: String) throws -> (pid: pid_t, output: FileHandle) {
        let output = Pipe()
        defer { try? output.fileHandleForWriting.close() }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output.fileHandleForWriting.fileDescriptor, STDOUT_FILENO)
        let words: [UnsafeMutablePointer<CChar>?] = [strdup(Self.engine), strdup(line), nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, Self.engine, &actions, nil, words, [nil])
        try #require(code == 0)
        return (pid, output.fileHandleForReading)
    }
}
