import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit
import SQLiteStore

/// The real engine over the real store, with steps that do nothing, so that it can stand beside others under one driver.
///
/// A step is a call of a tool: the smallest piece of work whose end is recorded by itself. It is durable when a process
/// that comes after a `kill -9` does not carry it out again. The model that asks for the calls, the goal and the
/// workspace do nothing either. What each ``EngineScenario`` does, it tells in lines:
///
///     {"ev":"ready"}                          the store is open, and there is no run yet
///     {"ev":"begin"}                          before the first run is started
///     {"ev":"lat","step":100,"us":41.2}       median of the last 50 steps, each from one recorded end to the next
///     {"ev":"hang","executed":1000}           in the step that does not end, after so many
///     {"ev":"resumed"}                        in the first step that a process of `resume` or `kill` enters
///     {"ev":"waiting"}                        all runs wait for a person
///     {"ev":"list","what":"50 runs","us":9.1} median of 500
///     {"ev":"end","steps":1000}               all runs are over, and that is on disk; so many steps they had
///
/// After `end` the program waits for its input to end.
struct EngineBench {
    /// The name of the file in the directory.
    static let database = "sluice.db"

    let order: EngineOrder
    /// Absolute path of a private directory.
    let place: String
    let lines = BenchLines()

    static func run(_ order: EngineOrder) async throws(CommandError) -> ExitStatus {
        try await TemporaryDirectory.with(order.directory) { place throws(CommandError) in
            let signals = order.directory == nil ? StopSignals.clearingAway(place) : nil
            defer { withExtendedLifetime(signals) {} }
            return try await EngineBench(order: order, place: place).run()
        }
    }

    private func run() async throws(CommandError) -> ExitStatus {
        let store = try openStore()
        lines.tell("ready")
        let services = services(over: store)
        let left = order.scenario.outlivesProcess ? try await newest(services) : nil
        let steps = try await withStage { () throws(CommandError) in try await play(services, store, left) }
        // Closed first: whoever looks at the directory at the end finds histories there, and no log that is yet to be
        // folded into them.
        await (store as? SQLiteEventStore)?.close()
        if let steps {
            lines.tell("end", ["steps": .int(steps)])
            while readLine() != nil {}
        }
        return steps == nil ? .waiting : .achieved
    }

    /// - Parameter left: The run that an earlier process left.
    /// - Returns: how many steps the runs had that are over; `nil` when they are left waiting.
    private func play(_ services: Services, _ store: any EventStore, _ left: RunID?) async throws(CommandError) -> Int?
    {
        switch order.scenario {
        case .steps, .grow, .turns, .crash: return try await one(services)
        case .kill: return try await again(left, services)
        case .resume: return try await resumed(left, services)
        case .conc: return try await many(services)
        case .wait: return try await parked(services)
        case .lists:
            try await ListPace(lines: lines, path: databasePath, runs: order.runs).run(store)
            return 0
        }
    }

    // MARK: - What is put together

    private var databasePath: String { "\(place)/\(Self.database)" }

    private func openStore() throws(CommandError) -> any EventStore {
        guard order.store == .sqlite else { return MemoryStore() }
        do throws(StoreError) { return try SQLiteEventStore(path: databasePath) } catch { throw .broken("\(error)") }
    }

    private func withStage<Value>(
        _ body: () async throws(CommandError) -> Value
    ) async throws(CommandError) -> Value {
        let stage = try stage()
        let result = await EngineStage.$current.withValue(stage) { () async -> Result<Value, CommandError> in
            do throws(CommandError) { return .success(try await body()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func stage() throws(CommandError) -> EngineStage {
        guard order.scenario.hasEffects else { return EngineStage(lines) }
        let (effects, isCrash) = (try EffectsLog(in: place), order.scenario == .crash)
        return EngineStage(lines, effects: effects, hangsAt: isCrash ? stepsOfRun : nil, saysResumed: !isCrash)
    }

    private func services(over store: any EventStore) -> Services {
        var modules = Registry()
        modules.add(StepProvider.self)
        modules.add(StepTool.self)
        modules.add(SingleStepTool.self)
        modules.add(NeverGate.self)
        return .idle(modules, over: store, in: place)
    }

    private var stepsOfRun: Int { order.scenario == .crash ? order.steps + 1 : order.steps }

    func pipeline() throws(CommandError) -> Pipeline {
        let isWaiting = order.scenario == .wait
        let tool = order.once ? SingleStepTool.id : StepTool.id
        var provider = StepProvider.Settings()
        provider.steps = stepsOfRun
        provider.calls = order.scenario.callsOfReply
        provider.tool = tool.value
        provider.isNumbered = order.scenario.hasEffects
        let bytes = [.grow, .turns].contains(order.scenario) ? order.bytes : 0
        let json: JSONValue = [
            "name": "bench", "model": "steps/none", "goal": ["gate": "never"],
            "tools": ["allow": [.string(tool.value)], "with": [tool.value: ["bytes": .int(bytes)]]],
            "limits": ["iterations": isWaiting ? 2 : 1, "turns": .int(stepsOfRun + 1), "parallel_tools": 1],
            "human": ["gate": isWaiting ? "after_failed_check" : "never"],
            "providers": [StepProvider.id.value: provider.json],
        ]
        do throws(FieldProblems) { return try Pipeline(json: json) } catch { throw .broken("\(error)") }
    }
}
