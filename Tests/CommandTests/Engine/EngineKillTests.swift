import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// What `sluice bench engine` has lost, or done twice, when its process is killed.
@Suite(.timeLimit(.minutes(5)))
struct EngineKillTests {
    private static let ready: JSONValue = ["ev": "ready"]
    private static let begin: JSONValue = ["ev": "begin"]
    private static let steps = 20

    /// A process that blocks in the step after so many, killed there.
    private static func crash(_ more: [String], on bench: Bench) async throws {
        let drive = try EngineDrive(["crash", "--n", "\(steps)", "--dir", bench.project] + more, on: bench)
        #expect(try await drive.lines(to: "hang") == [ready, begin, ["ev": "hang", "executed": .int(steps)]])
        drive.running.send(SIGKILL)
        #expect(await drive.running.ended().status == Ended.killed)
        #expect(try Effects(of: bench).steps == Array(1...steps))
    }

    @Test func theNextProcessEntersTheInterruptedStep() async throws {
        try await withBench { bench in
            try await Self.crash([], on: bench)
            let end: JSONValue = ["ev": "end", "steps": .int(Self.steps + 1)]
            let lines = try await EngineDrive.lines("resume", "--dir", bench.project, on: bench)
            #expect(lines == [Self.ready, Self.begin, ["ev": "resumed"], end])
            let effects = try Effects(of: bench)
            #expect(effects.runs.count == 1)
            #expect(effects.steps == Array(1...Self.steps + 1))
            // The run is over: there is nothing to enter, and nothing changes.
            #expect(
                try await EngineDrive.lines("resume", "--dir", bench.project, on: bench) == [
                    Self.ready, Self.begin, end,
                ]
            )
            #expect(try Effects(of: bench) == effects)
        }
    }

    @Test func aStepThatMayNotBeRepeatedIsNot() async throws {
        try await withBench { bench in
            try await Self.crash(["--once"], on: bench)
            let lines = try await EngineDrive.lines("resume", "--dir", bench.project, on: bench)
            #expect(lines == [Self.ready, Self.begin, ["ev": "end", "steps": .int(Self.steps + 1)]])
            #expect(try Effects(of: bench).steps == Array(1...Self.steps))
            #expect(try await Self.refused(on: bench) == [Self.steps + 1])
        }
    }

    // MARK: - At instants that nobody chose

    private static let killedSteps = 400
    private static let kills = 12

    /// Kills a run so many times, or until it ends, and has the last process bring it to its end.
    ///
    /// - Returns: how many kills met it.
    private static func play(seed: UInt64, _ more: [String], on bench: Bench) async throws -> Int {
        var dice = Dice(seed: seed)
        let words = ["kill", "--n", "\(killedSteps)", "--dir", bench.project] + more
        for round in 0..<kills {
            let drive = try EngineDrive(words, on: bench)
            _ = try await drive.lines(to: "begin")
            try await Task.sleep(for: .microseconds(dice.roll(0...60_000)))
            drive.running.send(SIGKILL)
            let ended = await drive.running.ended()
            try #require(ended.status == Ended.killed, "\(ended)")
            if ended.output.contains(#""end""#) { return round }
        }
        let lines = try await EngineDrive.lines(words, on: bench)
        #expect(lines.last == ["ev": "end", "steps": .int(killedSteps)])
        return kills
    }

    @Test(arguments: [1, 2] as [UInt64])
    func noStepIsLostAndAtMostOneRepeatedForEachKill(seed: UInt64) async throws {
        try await withBench { bench in
            let kills = try await Self.play(seed: seed, [], on: bench)
            let effects = try Effects(of: bench)
            #expect(effects.runs.count == 1)
            #expect(Set(effects.steps) == Set(1...Self.killedSteps))
            #expect(effects.repeated <= kills, "\(effects.repeated) repeated after \(kills) kills")
        }
    }

    @Test(arguments: [3, 4] as [UInt64])
    func noStepThatMayNotBeRepeatedIsSeenTwice(seed: UInt64) async throws {
        try await withBench { bench in
            let kills = try await Self.play(seed: seed, ["--once"], on: bench)
            let effects = try Effects(of: bench)
            #expect(effects.repeated == 0)
            let missing = Set(1...Self.killedSteps).subtracting(effects.steps)
            let refused = try await Self.refused(on: bench)
            #expect(missing.isSubset(of: refused), "the history says of each that it was not repeated")
            #expect(refused.count <= kills, "\(refused.count) interrupted by \(kills) kills")
        }
    }

    private static let notRepeated =
        "The call was interrupted: it may have had its effect, wholly, partly or not at all. It was not repeated."

    /// The steps that the history says were interrupted and not repeated.
    private static func refused(on bench: Bench) async throws -> Set<Int> {
        let listed = try await bench.sluice("events", "last", "--json", adding: ["SLUICE_STATE": bench.project])
        try #require(listed.status == 0, "\(listed)")
        var steps: [CallID: Int] = [:]
        var refused: Set<Int> = []
        for event in try Bench.events(in: listed.output) {
            switch event.payload {
            case .callProposed(let proposed):
                steps[proposed.id] = try JSONValue(parsing: proposed.call.arguments)["step"]?.integer
            case .callFinished(let id, let output) where output.isError:
                #expect(output.text == notRepeated)
                refused.insert(try #require(steps[id]))
            default: break
            }
        }
        return refused
    }
}
