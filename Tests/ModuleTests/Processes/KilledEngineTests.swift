import Foundation
import ProcessKit
import Testing

/// An engine that is killed takes its commands with it.
@Suite(.serialized) struct KilledEngineTests {
    /// The executable, which stands beside the tests.
    let engine = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "KillableEngine").path

    @Test(arguments: [
        "echo up; sleep MARK",
        "sleep MARK & echo up; sleep MARK",
        "(setsid sh -c 'sleep MARK & exec sleep MARK' &) ; echo up; trap '' TERM HUP; sleep MARK; sleep MARK",
    ])
    func nothingIsLeft(line: String) async throws {
        let mark = Mark()
        let killed = Process()
        let output = Pipe()
        killed.executableURL = URL(filePath: engine)
        killed.arguments = [mark.on(line)]
        killed.standardOutput = output
        try killed.run()
        #expect(output.fileHandleForReading.availableData == Data("up\n".utf8))
        #expect(!mark.processes.isEmpty)
        kill(killed.processIdentifier, SIGKILL)
        killed.waitUntilExit()
        #expect(await mark.settled(at: 0) == [])
    }
}
