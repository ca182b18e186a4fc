import Dispatch
import PipelineEngine
import PipelineKit
import SQLiteStore

/// Prints what a step of the engine costs, early and late in a long run, with modules that do nothing.
///
///     EnginePace DIRECTORY ITERATIONS TURNS BYTES
///     EnginePace DIRECTORY lists RUNS
///
/// Each iteration is TURNS replies with one writing call each, whose output has BYTES bytes, a last reply without one, and
/// a check that says no. The store is SQLite at `DIRECTORY/pace.db`.
@main
enum EnginePace {
    static func main() async throws {
        let words = CommandLine.arguments
        if words.count == 4, words[2] == "lists", let runs = Int(words[3]) {
            return try await ListPace(directory: words[1], runs: runs).run()
        }
        guard words.count == 5, let iterations = Int(words[2]), let turns = Int(words[3]), let bytes = Int(words[4])
        else {
            return print("EnginePace DIRECTORY ITERATIONS TURNS BYTES\nEnginePace DIRECTORY lists RUNS")
        }
        let pace = Pace(directory: words[1], iterations: iterations, turns: turns, bytes: bytes)
        try await pace.run()
    }
}

private struct Pace {
    let directory: String
    let iterations: Int
    let turns: Int
    let bytes: Int

    func run() async throws {
        var registry = Registry()
        registry.add(TurningProvider.self)
        registry.add(IdleTool.self)
        registry.add(NoGate.self)
        let parts = EngineParts(
            registry: registry,
            store: try SQLiteEventStore(path: "\(directory)/pace.db"),
            workspaces: NoFiles(),
            transport: NoNetwork(),
            secrets: { _ in nil },
            scratch: "\(directory)/scratch",
            version: "pace"
        )
        let services = Services(parts)
        let pipeline = try Pipeline(json: [
            "name": "pace", "model": "turning/x", "goal": ["gate": "no"], "tools": ["allow": ["idle"]],
            "limits": ["iterations": .int(iterations), "turns": .int(turns + 1)],
            "providers": ["turning": ["turns": .int(turns), "bytes": .int(bytes)]],
        ])
        let marks = Marks()
        services.feed.observe { marks.take($0) }
        let run = try await services.runs.start(RunOrder(pipeline: pipeline, project: directory, origin: "pace"))
        let begin = DispatchTime.now().uptimeNanoseconds
        let state = try await services.runs.carryOn(run)
        let total = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e6
        print("\(state.sequence) events, \(total / Double(iterations)) ms an iteration, \(state.status.words)")
        marks.print()
    }
}
