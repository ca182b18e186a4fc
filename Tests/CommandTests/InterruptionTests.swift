import CLinux
import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// A run is ended from outside while something in it takes its time; what it started ends with it.
struct InterruptionTests {
    /// What takes ten minutes: a tool, or the check of the goal.
    enum Slow: String, CaseIterable {
        case tool, check
    }

    @Test(arguments: Slow.allCases) func anotherProcessCancelsTheRun(slow: Slow) async throws {
        try await withSlowRun(slow) { bench, process, child in
            let cancelled = try await bench.sluice("cancel", "r1", "--reason", "It takes too long.")
            #expect(cancelled.output == "Run r1 is cancelled.\n")
            #expect(cancelled.status == 0)
            try await expectEnd(of: process, "It takes too long.", bench, child)
        }
    }

    @Test(arguments: Slow.allCases) func ctrlCEndsTheRunAndRecordsIt(slow: Slow) async throws {
        try await withSlowRun(slow) { bench, process, child in
            process.send(SIGINT)
            try await expectEnd(of: process, "Interrupted at the terminal by ada.", bench, child)
        }
    }

    /// The tool ignores the request to end, and is given two seconds; whoever cannot wait presses Ctrl-C again.
    ///
    /// On a busy machine the second one may come after those two seconds, to a process that has ended: then it is tried
    /// again.
    @Test func aSecondCtrlCEndsTheProcessAtOnce() async throws {
        for _ in 0..<5 where try await pressTwice() == 130 { return }
        Issue.record("The second Ctrl-C did not end the process in any of five tries.")
    }

    /// - Returns: how the process ended.
    private func pressTwice() async throws -> Int {
        var status = 0
        try await withSlowRun(.tool, "trap '' TERM INT HUP; ") { bench, process, child in
            process.send(SIGINT)
            await process.wait(for: #""type":"run.finished""#)
            process.send(SIGINT)
            status = await process.ended().status
            #expect(await child.isGone())
            let events = try await bench.events()
            #expect(RunState(replaying: events).status == .aborted)
        }
        return status
    }

    /// A call that was killed while it wrote leaves a draft; a run that is cancelled then will not clear it away itself.
    @Test func cancellingAnInterruptedRunRemovesItsDrafts() async throws {
        try await withRehearsal { rehearsal, bench in
            let log = "\(bench.root)/instants"
            _ = try await rehearsal.play(.run, adding: ["SLUICE_TEST_FAULT_LOG": log])
            let instants = try #require(bench.read(log)).split(separator: "\n")
            let started = try #require(instants.lastIndex(of: "call.started")) + 1
            try rehearsal.reset()
            let killed = try await rehearsal.play(.run, adding: ["SLUICE_TEST_FAULT": "\(started)"])
            #expect(killed.status == Ended.killed)
            let draft = "project/.sluice-17.tmp"
            try bench.write("half of it", to: draft)

            try await killCancelling(bench, at: "cancel.cleared")
            #expect(bench.read(draft) == nil)
            #expect(RunState(replaying: try await bench.events()).isFinished == false)
            let cancelled = try await bench.sluice("cancel", "r1")
            #expect(cancelled.output == "Run r1 is cancelled.\n")
            #expect(RunState(replaying: try await bench.events()).status == .aborted)
        }
    }

    /// Kills `cancel` at one instant after the other, up to the one of this name.
    private func killCancelling(_ bench: Bench, at name: String) async throws {
        let log = "\(bench.root)/instants"
        for number in 1...20 where bench.read(log)?.hasSuffix("\(name)\n") != true {
            let fault = ["SLUICE_TEST_FAULT": "\(number)", "SLUICE_TEST_FAULT_LOG": log]
            let killed = try await bench.sluice("cancel", "r1", adding: fault)
            #expect(killed.status == Ended.killed)
        }
        #expect(bench.read(log)?.hasSuffix("\(name)\n") == true)
    }

    private func expectEnd(of process: Running, _ reason: String, _ bench: Bench, _ child: SlowChild) async throws {
        let ended = await process.ended()
        #expect(ended.status == 1, "\(ended)")
        #expect(ended.errors == "")
        #expect(await child.isGone())
        let events = try await bench.events()
        #expect(events.last?.payload == .runFinished(.aborted, reason: reason))
        #expect(try Bench.events(in: ended.output) == events, "what was shown is what is recorded")
    }

    /// Starts a run and hands it over when it is in the middle of what takes long.
    private func withSlowRun(
        _ slow: Slow,
        _ before: String = "",
        isolation: isolated (any Actor)? = #isolation,
        _ body: (Bench, Running, SlowChild) async throws -> Void
    ) async throws {
        try await withBench { bench in
            let line = before + #"echo $$ > "$HOME/started"; exec sleep 600"#
            let call: JSONValue = ["tool": "bash_exec", "arguments": ["command": .string(line)]]
            try bench.write(JSONValue.array([["calls": [call]], ["text": "Done."]]).jsonText, to: "script.json")
            try await bench.run("mkfifo", "\(bench.root)/home/started")
            let goal = slow == .check ? line : "false"
            let words = [
                "run", "command", "--set", "command=\(goal)", "--allow", "bash_exec", "--id", "r1", "--json",
                "--sandbox", "off",
            ]
            let process = try bench.start(words + ["--cwd", "project", "--model", "scripted/script.json"])
            let number = try await bench.run("cat", "\(bench.root)/home/started")
            let child = try SlowChild(try #require(pid_t(number.trimmingCharacters(in: .newlines))))
            try await body(bench, process, child)
        }
    }
}

/// A process that is nobody's child here. It is known by a descriptor, since its number may soon be another one's.
private final class SlowChild: Sendable {
    /// Readable from the end of the process on, pidfd_open(2).
    private let descriptor: Int32

    init(_ pid: pid_t) throws {
        descriptor = sluice_pidfd_open(pid)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    /// - Returns: `false` when it goes on for ten seconds.
    func isGone() async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var ending = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
                continuation.resume(returning: poll(&ending, 1, 10_000) == 1)
            }
        }
    }
}
