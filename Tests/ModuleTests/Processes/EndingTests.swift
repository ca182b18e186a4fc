import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Synchronization
import Testing

/// A command that is ended, with everything it started.
struct EndingTests {
    let directory = FileManager.default.temporaryDirectory.path
    /// So long that a shell has begun by then also on a machine that is busy.
    static let moment = Duration.seconds(3)

    /// A command line that leaves processes behind, each of which sleeps for as long as the marker says.
    static let lines = [
        "a background child": "sleep MARK & sleep MARK",
        "a child that ignores hang-ups": "nohup sleep MARK >/dev/null 2>&1 & sleep MARK",
        "a session of its own": "setsid sleep MARK & sleep MARK",
        "a double fork into a session of its own": "(setsid sh -c 'sleep MARK & exec sleep MARK' &) ; sleep MARK",
        "an empty environment": "(env -i setsid /bin/sleep MARK >/dev/null 2>&1 &) ; sleep MARK",
        "a shell that ignores SIGTERM": "trap '' TERM; sleep MARK & sleep MARK; sleep MARK",
        "a process that stopped itself": "sh -c 'kill -STOP $$; sleep MARK' & sleep MARK",
        "children that fork faster than they are looked for":
            "f() { sleep MARK & for i in 1 2; do [ $1 -gt 0 ] && (f $(($1-1))) & done; sleep MARK; }; f 5",
    ]

    @Test(arguments: lines.keys.sorted())
    func nothingIsLeftWhenTheTimeIsUp(kind: String) async throws {
        let mark = ProcessMark()
        let line = mark.on(try #require(Self.lines[kind]))
        let command = Command.shell(line, in: directory, timeout: .milliseconds(200), grace: .milliseconds(100))
        let outcome = try await outcome(of: command)
        guard case .timedOut = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(mark.processes == [])
    }

    @Test(arguments: lines.keys.sorted())
    func nothingIsLeftWhenTheCommandEnds(kind: String) async throws {
        let line = try #require(Self.lines[kind])
        let mark = ProcessMark()
        let leaving = mark.on("{ \(line); } & sleep 0.1; exit 7")
        #expect(try await run(.shell(leaving, in: directory)).status == 7)
        #expect(mark.processes == [])
    }

    @Test(arguments: lines.keys.sorted())
    func nothingIsLeftWhenTheTaskIsCancelled(kind: String) async throws {
        let mark = ProcessMark()
        let line = mark.on("echo up; \(try #require(Self.lines[kind]))")
        let up = AsyncStream.makeStream(of: Void.self)
        let command = Command.shell(line, in: directory, grace: .milliseconds(100))
        let task = Task { try await run(command) { _ in up.continuation.yield() } }
        for await _ in up.stream { break }
        task.cancel()
        let result = await task.result
        #expect(throws: Failure(.cancelled, "'\(command)' was ended because the work was cancelled.")) {
            try result.get()
        }
        #expect(mark.processes == [])
    }

    @Test func aCommandMayEndByItselfWhenAsked() async throws {
        let line = "trap 'echo bye; exit 0' TERM; echo hello; sleep 60 & wait"
        let command = Command.shell(line, in: directory, timeout: Self.moment, grace: .seconds(120))
        let started = ContinuousClock.now
        guard case .timedOut(let finished) = try await outcome(of: command) else {
            Issue.record("It ended before its time.")
            return
        }
        #expect(finished.output.text == "hello\nbye\n")
        #expect(finished.status == 0)
        #expect(started.duration(to: .now) < .seconds(119))
    }

    @Test func theTimeIsToldWithWhatWasPrinted() async throws {
        let command = Command.shell("echo so far; sleep 60", in: directory, timeout: Self.moment)
        let message = """
            'echo so far; sleep 60' was still running after 3s and was ended. Its output ended with:
            so far
            """
        await #expect(throws: Failure(.timedOut, message)) { try await run(command) }
    }

    @Test func aCancelledTaskStartsNothing() async throws {
        let directory = directory
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await run(.shell("sleep 60", in: directory))
        }
        let result = await task.result
        let message = "'sleep 60' was not started because the work was cancelled."
        #expect(throws: Failure(.cancelled, message)) { try result.get() }
    }

    @Test func aCommandThatKillsItsSupervisorIsReported() async throws {
        let mark = ProcessMark()
        let line = mark.on("sleep MARK & kill -9 $PPID; sleep MARK")
        let message = "'\(line)' was lost: the process that watches over it was killed."
        await #expect(throws: Failure(.unavailable, message)) { try await run(.shell(line, in: directory)) }
        #expect(mark.processes == [])
    }
}

/// A command that is ended for its silence.
struct SilenceTests {
    private func ask(_ line: String, first: Duration = .seconds(3), between: Duration = .seconds(2)) async throws
        -> Outcome
    {
        var command = Command.shell(line, in: "/", grace: .milliseconds(100))
        command.output = .separate
        command.silence = Command.Silence(first: first, between: between)
        return try await outcome(of: command)
    }

    @Test(arguments: ["sleep 60", "echo up; sleep 60", "while :; do echo busy >&2; sleep 0.1; done"])
    func itIsToldFromACommandThatTakesTooLong(line: String) async throws {
        guard case .timedOut(let finished) = try await ask(line) else {
            Issue.record("It ended by itself.")
            return
        }
        #expect(finished.wasSilent)
        #expect(finished.output.text == (line.hasPrefix("echo") ? "up\n" : ""))
    }

    @Test func aCommandThatPrintsNowAndThenIsNotSilent() async throws {
        let line = "for i in 1 2 3 4 5; do sleep 0.6; echo $i; done"
        guard case .finished(let finished) = try await ask(line, first: .seconds(20)) else {
            Issue.record("It was ended.")
            return
        }
        #expect(finished.output.text == "1\n2\n3\n4\n5\n" && !finished.wasSilent)
    }

    /// The question and the answer pass each other, as often as not.
    @Test func askingACommandToEndThatJustHasLosesNothing() async throws {
        let command = Command("sh", ["-c", "echo x; exit 3"], in: "/")
        for _ in 0..<100 {
            guard case .finished(let finished) = try await outcome(of: command, reading: { _ in false }) else {
                Issue.record("It had time enough.")
                return
            }
            #expect([3, 143].contains(finished.status) && finished.output.text == "x\n")
        }
    }

    @Test func whoeverReadsMayEndIt() async throws {
        // Bytes of each piece; on a busy machine several lines come at once.
        let read = Mutex<[Int]>([])
        let command = Command("sh", ["-c", "while :; do echo more; sleep 0.05; done"], in: "/", grace: .zero)
        _ = try await outcome(of: command) { piece in
            read.withLock {
                $0.append(piece.utf8.count)
                return $0.reduce(0, +) < 15
            }
        }
        let pieces = read.withLock { $0 }
        #expect(pieces.reduce(0, +) >= 15)
        #expect(pieces.dropLast().reduce(0, +) < 15, "nothing is read after that")
    }
}
