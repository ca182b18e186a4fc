import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// Nothing that a command in a sandbox started outlives it.
@Suite(.serialized) struct RoomEndingTests {
    @Test(arguments: EndingTests.lines.keys.sorted())
    func nothingIsLeftWhenTheTimeIsUp(kind: String) async throws {
        let mark = ProcessMark()
        let line = mark.on(try #require(EndingTests.lines[kind]))
        try await Cell.with { cell async throws in
            var command = cell.command(line, timeout: .milliseconds(200))
            command.grace = .milliseconds(100)
            guard case .timedOut = try await outcome(of: command) else {
                Issue.record("'\(kind)' ended by itself")
                return
            }
        }
        #expect(mark.processes == [])
    }

    @Test(arguments: [
        "sleep MARK & true", "nohup sleep MARK > /dev/null 2>&1 & true", "setsid sleep MARK & true",
        "(setsid sh -c 'sleep MARK & exec sleep MARK' > /dev/null 2>&1 &); true",
        "(trap '' TERM HUP; sleep MARK; sleep MARK) > /dev/null 2>&1 & true",
        "env -i setsid /bin/sh -c '/bin/sleep MARK' > /dev/null 2>&1 & true",
        "coproc { sleep MARK; }; disown -a; true",
    ])
    func nothingIsLeftWhenTheCommandEnds(line: String) async throws {
        let mark = ProcessMark()
        try await Cell.with { cell async throws in #expect(try await cell.run(mark.on(line)).status == 0) }
        #expect(mark.processes == [])
    }

    @Test func whoIsCancelledIsEnded() async throws {
        let mark = ProcessMark()
        try await Cell.with { cell async throws in
            let task = Task {
                try await run(cell.command(mark.on("trap '' TERM; sleep MARK & echo up; sleep MARK; sleep MARK")))
            }
            _ = await mark.settled(at: 3)
            task.cancel()
            await #expect(throws: Failure.self) { try await task.value }
        }
        #expect(mark.processes == [])
    }

    @Test func aCommandThatTakesTheHintEndsInTime() async throws {
        try await Cell.with { cell async throws in
            let line = "trap 'echo bye; exit 3' TERM; echo up; while :; do :; done"
            var command = cell.command(line, timeout: .seconds(1))
            command.grace = .seconds(20)
            guard case .timedOut(let finished) = try await outcome(of: command) else {
                Issue.record("It ended by itself.")
                return
            }
            #expect(finished.output.text == "up\nbye\n")
            #expect(finished.status == 3)
        }
    }
}
