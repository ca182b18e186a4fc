import PipelineKit
import PipelineTesting
import Testing

@testable import SpeedGate

/// Commands that do known work, run and measured.
@Suite(.serialized) struct PerfCheckGateTests {
    /// A benchmark that counts, and needs no more than the interpreter.
    private static func bench(_ body: String) -> [String: String] { ["bench.py": body] }
    private static let busy = "for _ in range(2_000_000): pass\n"

    private func verdict(_ body: String, _ settings: [String: JSONValue]) async throws -> Verdict {
        let all = ["command": "python3 bench.py"].merging(settings) { $1 }
        return try await GateTrial.verdict(of: PerfCheckGate.self, Self.bench(body), .object(all))
    }

    @Test func keepsTheGatesPromises() async throws {
        let settings: JSONValue = ["command": "true", "max_seconds": 60]
        try await expectConformance(of: PerfCheckGate.self, settings: settings)
    }

    @Test func whatIsFastEnoughHolds() async throws {
        let verdict = try await verdict("print('done')\n", ["max_seconds": 100])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason.hasPrefix("'python3 bench.py' takes "))
        #expect(verdict.reason.hasSuffix(", at most 100 s."))
        #expect(verdict.reason.contains(" (median of 5 runs; between "))
        #expect(verdict.score == 1)
        #expect(verdict.metrics["runs"] == 5)
        #expect(try #require(verdict.metrics["low"]) <= #require(verdict.metrics["seconds"]))
        #expect(try #require(verdict.metrics["seconds"]) <= #require(verdict.metrics["high"]))
        #expect(verdict.details.hasPrefix("Runs: "))
        #expect(verdict.details.hasSuffix("The last run printed:\ndone\n"))
    }

    @Test(arguments: [Clock.wall, .cpu]) func whatIsTooSlowDoesNot(clock: Clock) async throws {
        let verdict = try await verdict(Self.busy, ["max_seconds": 0.0001, "clock": .string(clock.rawValue)])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason.hasSuffix(", not at most 100 µs."))
        #expect(try #require(verdict.score) < 0.1)
    }

    @Test func whatItPrintsOfItsTimeIsNotBelieved() async throws {
        let body = Self.busy + "print('seconds: 0.00001')\n"
        #expect(try await verdict(body, ["max_seconds": 0.0001]).outcome == .failed)
    }

    /// The one who starts the work ends before it, and waits for nobody.
    @Test func theWorkOfOthersCountsToo() async throws {
        let body = """
            import os
            reader, writer = os.pipe()
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    for _ in range(5_000_000): pass
                    os.write(writer, b'x')
                os._exit(0)
            os.read(reader, 1)
            """
        let verdict = try await verdict(body, ["max_seconds": 0.04, "clock": "cpu", "warmup": 0])
        #expect(verdict.reason.hasSuffix(", not at most 40.0 ms."))
    }

    @Test func aRunThatFailsIsNamed() async throws {
        let verdict = try await verdict("print('no data'); raise SystemExit(3)\n", ["max_seconds": 9])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "'python3 bench.py' exited with 3 in warm-up 1 of 1.")
        #expect(verdict.details == "no data\n")
    }

    @Test func aRunThatFailsLaterIsNamedToo() async throws {
        let body = """
            import os
            os.open('seen', os.O_CREAT)
            open('seen', 'a').write('x')
            if len(open('seen').read()) == 3: os.kill(os.getpid(), 11)
            """
        let verdict = try await verdict(body, ["max_seconds": 9])
        #expect(verdict.reason == "'python3 bench.py' was ended by SIGSEGV in run 2 of 5.")
    }

    @Test func aBenchmarkThatIsAnotherAfterItsFirstRunIsNamed() async throws {
        let verdict = try await verdict("open('bench.py', 'w').write('pass')\n", ["max_seconds": 9, "warmup": 0])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason == "'bench.py' was changed in run 1 of 5, so the runs after it would measure something else."
        )
    }

    @Test func whatABenchmarkPrintsToAFileMayChange() async throws {
        let command = "python3 bench.py > out.txt"
        let files = ["bench.py": "import os\nprint(os.getpid())\n", "out.txt": "earlier\n"]
        let settings: JSONValue = ["command": .string(command), "max_seconds": 100]
        #expect(try await GateTrial.verdict(of: PerfCheckGate.self, files, settings).outcome == .passed)
    }

    @Test func aHangIsEnded() async throws {
        let failure = try await GateTrial.failure(
            of: PerfCheckGate.self,
            Self.bench("print('deep', flush=True)\nwhile True: pass\n"),
            ["command": "python3 bench.py", "max_seconds": 1, "timeout": "20s"]  // Python has begun by then
        )
        let message =
            "'python3 bench.py' was still running after 20s in warm-up 1 of 1, and was ended. It printed last: deep"
        #expect(failure == Failure(.timedOut, message))
    }

    @Test func aProjectWithoutABenchmarkDoesNotHold() async throws {
        let settings: JSONValue = ["command": "python3 bench.py", "max_seconds": 1]
        let verdict = try await GateTrial.verdict(of: PerfCheckGate.self, [:], settings)
        #expect(verdict.reason == "'python3 bench.py' exited with 2 in warm-up 1 of 1.")
        #expect(verdict.details.contains("can't open file"))
    }

    @Test func aProgramThatIsNotThereIsMissing() async throws {
        let settings: JSONValue = ["command": "no-such-program", "max_seconds": 1]
        let failure = try await GateTrial.failure(of: PerfCheckGate.self, [:], settings)
        #expect(failure?.kind == .missing)
        #expect(
            failure?.message.hasPrefix("'no-such-program' could not run, because a program was not found: ") == true
        )
    }

    @Test(arguments: ["bench.py", "benches/calc.rs", "src/calc.bench.js", "tools/bench_calc.py"])
    func theBenchmarkMayNotBeChanged(path: String) async throws {
        let start = [path: "start\n", "calc.py": "old\n"]
        let work: [String: String?] = [path: "print('fast')\n", "calc.py": "new\n"]
        let refused = try await GateTrial.refused(under: PerfCheckGate.protection, start: start, work: work)
        #expect(refused == [path])
    }

    @Test(.enabled(if: GateTrial.has("valgrind"))) func instructionsAreCountedWithThoseOfChildren() async throws {
        let settings: JSONValue = [
            "command": "/bin/true; /bin/true", "clock": "instructions", "max_instructions": 1_000_000_000_000,
        ]
        let verdict = try await GateTrial.verdict(of: PerfCheckGate.self, [:], settings)
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason.hasSuffix(", at most 1000 billion instructions."))
        #expect(try #require(verdict.metrics["instructions"]) > 200_000, "A shell and two programs were linked.")
    }

    @Test func whatCallgrindWritesIsReadWithCare() {
        #expect(Callgrind.total(in: "events: Ir\nsummary: 9\n\n\ntotals: 229635\n") == 229_635)
        #expect(Callgrind.total(in: "totals: 1\ntotals: 2\n") == 3)
        #expect(Callgrind.total(in: "totals: -1\ntotals: 99999999999999999999\ntotals:\n") == nil)
    }

    @Test(
        arguments: [
            (
                ["max_seconds": 1, "runs": 4],
                "Field 'runs' must be from 5 to 100, but is 4: fewer cannot tell speed from noise."
            ),
            (["max_seconds": 1, "warmup": -1], "Field 'warmup' must be from 0 to 100, but is -1."),
            (["max_seconds": 1, "command": " "], "Field 'command' must be a command line, but is empty."),
            (["max_seconds": 1, "timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["max_seconds": 0], "Field 'max_seconds' must be more than 0, but is 0.0."),
            (
                ["max_seconds": 2, "timeout": "2s"],
                "Field 'max_seconds' must be less than the timeout of '2s', but is 2.0."
            ),
            ([:], "Field 'max_seconds' must say how much the command may take."),
            (["clock": "instructions"], "Field 'max_instructions' must say how much the command may take."),
            (
                ["clock": "instructions", "max_seconds": 1],
                "Field 'max_seconds' says nothing with 'clock: instructions'; give 'max_instructions'."
            ),
            (
                ["max_instructions": 1],
                "Field 'max_instructions' says nothing with 'clock: wall'; give 'max_seconds'."
            ),
            (
                ["max_seconds": 1, "directory": "../x"],
                "Field 'directory' must be a directory of the workspace, relative to it, but is '../x'."
            ),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: PerfCheckGate.self, settings) == message)
    }
}

/// What is said of runs, whatever machine they were measured on.
struct SpeedGoalTests {
    private func verdict(_ values: [Double], _ statistic: Statistic = .median, _ clock: Clock = .wall) -> Verdict {
        SpeedGoal(name: "'x'", clock: clock, statistic: statistic, bound: 1).verdict(on: values)
    }

    @Test(
        arguments: [
            (
                [0.8, 0.81, 0.82, 0.83, 0.99], .median, .passed,
                "'x' takes 820 ms (median of 5 runs; between 800 ms and 990 ms), at most 1.00 s."
            ),
            (
                [1.2, 1.1, 1.3, 1.25, 1.01], .median, .failed,
                "'x' takes 1.20 s (median of 5 runs; between 1.01 s and 1.30 s), not at most 1.00 s."
            ),
            (
                [0.8, 0.81, 0.82, 0.83, 1.5], .median, .failed,
                "'x' takes 820 ms (median of 5 runs; between 800 ms and 1.50 s): the noise is larger than the distance "
                    + "to 1.00 s. Measure with more 'runs', or with 'clock: cpu'."
            ),
            ([2, 2, 2, 0.9, 2], .min, .passed, "'x' takes 900 ms (fastest of 5 runs), at most 1.00 s."),
            ([0.5, 0.5, 0.5, 0.5, 1.2], .max, .failed, "'x' takes 1.20 s (slowest of 5 runs), not at most 1.00 s."),
            (
                [0.5, 0.5, 0.5, 0.5, 2.5], .mean, .failed,
                "'x' takes 900 ms (mean of 5 runs; between 47.4 ms and 1.75 s): the noise is larger than the distance "
                    + "to 1.00 s. Measure with more 'runs', or with 'clock: cpu'."
            ),
        ] as [([Double], Statistic, Verdict.Outcome, String)]
    )
    func theBoundLiesBeyondTheNoiseOrNothingHolds(
        values: [Double],
        statistic: Statistic,
        outcome: Verdict.Outcome,
        reason: String
    ) {
        let verdict = verdict(values, statistic)
        #expect(verdict.outcome == outcome)
        #expect(verdict.reason == reason)
    }

    @Test func oneWildRunOfManyDoesNotDecide() {
        let values = [0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 9]
        #expect(verdict(values).outcome == .passed)
        #expect(verdict(values).metrics == ["seconds": 0.835, "low": 0.81, "high": 0.86, "runs": 8])
        #expect(
            verdict(values).details
                == "Runs: 800 ms, 810 ms, 820 ms, 830 ms, 840 ms, 850 ms, 860 ms, 9.00 s\n"
                + "Median 835 ms, median deviation 20.0 ms\n"
        )
    }

    @Test(
        arguments: [
            (.cpu, "Measure with more 'runs', or with 'clock: instructions'."),
            (.instructions, "Measure with more 'runs'."),
        ] as [(Clock, String)]
    )
    func aQuieterClockIsAdvised(clock: Clock, advice: String) {
        #expect(verdict([0.5, 0.5, 0.5, 0.5, 2], .median, clock).reason.hasSuffix(advice))
    }
}
