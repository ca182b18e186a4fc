import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit
import SQLiteStore

/// The real engine over the real store, with steps that do nothing.
///
/// A step is a call of a tool: the smallest piece of work whose end is recorded by itself. The model that asks for the
/// calls, the goal and the workspace do nothing either.
struct EngineBench {
    enum Scenario: String, CaseIterable {
        case steps, grow, crash, resume, conc, wait, kill
    }

    let scenario: Scenario
    let options: BenchCommand.Options
    /// Absolute path of a private directory.
    let directory: String
    let marks: [Int]
    let lines = BenchLines()

    func run() async throws(CommandError) {
        let store = try openStore()
        let stage = try stage()
        let services = services(over: store)
        lines.tell("ready")
        let error = await EngineStage.$current.withValue(stage) { () async -> CommandError? in
            do throws(CommandError) {
                try await play(services)
                return nil
            } catch {
                return error
            }
        }
        if let error { throw error }
        await (store as? SQLiteEventStore)?.close()
        lines.tell("end", ["steps": .int(options.n * runs)])
        while readLine() != nil {}
    }

    private var runs: Int {
        switch scenario {
        case .steps, .grow, .crash, .resume, .kill: 1
        case .conc, .wait: options.runs
        }
    }

    private var stepsOfRun: Int { scenario == .crash ? options.n + 1 : options.n }

    private func play(_ services: Services) async throws(CommandError) {
        switch scenario {
        case .steps, .grow, .crash: try await one(services)
        case .resume, .kill: try await again(services)
        case .conc: try await many(services)
        case .wait: try await parked(services)
        }
    }

    // MARK: - What is put together

    private func openStore() throws(CommandError) -> any EventStore {
        guard options.store == .sqlite else { return MemoryStore() }
        do throws(StoreError) {
            return try SQLiteEventStore(path: "\(directory)/sluice.db")
        } catch {
            throw .broken("\(error)")
        }
    }

    private func stage() throws(CommandError) -> EngineStage {
        switch scenario {
        case .steps, .grow, .conc, .wait: EngineStage(lines)
        case .crash: EngineStage(lines, effects: try EffectsLog(in: directory), hangsAt: options.n + 1)
        case .resume, .kill: EngineStage(lines, effects: try EffectsLog(in: directory), saysResumed: true)
        }
    }

    private func services(over store: any EventStore) -> Services {
        var registry = Registry()
        registry.add(StepProvider.self)
        registry.add(StepTool.self)
        registry.add(SingleStepTool.self)
        registry.add(NeverGate.self)
        return Services(
            EngineParts(
                registry: registry,
                store: store,
                workspaces: NoFiles(),
                transport: NoNetwork(),
                secrets: { _ in nil },
                scratch: "\(directory)/scratch",
                version: Version.number
            )
        )
    }

    private var pipeline: Pipeline {
        get throws(CommandError) {
            let tool = options.once ? SingleStepTool.id : StepTool.id
            let json: JSONValue = [
                "name": "bench", "model": "steps/none", "goal": ["gate": "never"],
                "tools": [
                    "allow": [.string(tool.value)],
                    "with": [tool.value: ["bytes": .int(scenario == .grow ? options.bytes : 0)]],
                ],
                "limits": ["iterations": scenario == .wait ? 2 : 1, "turns": 1_000_000, "parallel_tools": 1],
                "human": ["gate": scenario == .wait ? "after_failed_check" : "never"],
                "providers": ["steps": ["steps": .int(stepsOfRun), "tool": .string(tool.value)]],
            ]
            do throws(FieldProblems) { return try Pipeline(json: json) } catch { throw .broken("\(error)") }
        }
    }

    // MARK: - Scenarios

    private func start(_ services: Services, _ pipeline: Pipeline) async throws(CommandError) -> RunID {
        let order = RunOrder(pipeline: pipeline, project: directory, origin: "bench")
        return try await asking { () throws(ServiceError) in try await services.runs.start(order) }
    }

    @discardableResult
    private func carryOn(_ run: RunID, _ services: Services) async throws(CommandError) -> RunState {
        try await asking { () throws(ServiceError) in try await services.runs.carryOn(run) }
    }

    private func one(_ services: Services) async throws(CommandError) {
        let run = try await start(services, try pipeline)
        let latencies = StepLatencies(lines, marks: marks)
        services.feed.observe { latencies.take($0) }
        lines.tell("begin")
        try await carryOn(run, services)
    }

    /// Carries on the run that an earlier process began, or begins one.
    private func again(_ services: Services) async throws(CommandError) {
        let left = try await asking { () throws(ServiceError) in try await services.runs.list(RunQuery(limit: 1)) }
        lines.tell("begin")
        var run = left.first?.run
        if run == nil { run = try await start(services, try pipeline) }
        guard let run else { return }
        while try await carryOn(run, services).status == .waiting { try await decline(run, services) }
    }

    /// Nobody knows whether an interrupted step was carried out, and it may not be carried out twice.
    private func decline(_ run: RunID, _ services: Services) async throws(CommandError) {
        try await answer(run, services, Resolution(.rejected, by: "bench"))
    }

    private func many(_ services: Services) async throws(CommandError) {
        let all = try await started(services)
        lines.tell("begin")
        try await each(all, services) { run async throws(CommandError) in try await carryOn(run, services) }
    }

    private func parked(_ services: Services) async throws(CommandError) {
        let all = try await started(services)
        lines.tell("begin")
        try await each(all, services) { run async throws(CommandError) in try await carryOn(run, services) }
        lines.tell("waiting")
        while let line = readLine(), line != "go" {}
        try await each(all, services) { run async throws(CommandError) in
            try await answer(run, services, Resolution(.approved, by: "bench"))
            try await carryOn(run, services)
        }
    }

    private func started(_ services: Services) async throws(CommandError) -> [RunID] {
        let pipeline = try pipeline
        var all: [RunID] = []
        for _ in 0..<runs { all.append(try await start(services, pipeline)) }
        return all
    }

    private func answer(_ run: RunID, _ services: Services, _ answer: Resolution) async throws(CommandError) {
        try await asking { () throws(ServiceError) in
            for approval in try await services.approvals.pending(of: run) {
                try await services.approvals.resolve(approval.id, of: run, with: answer, shown: nil)
            }
        }
    }

    private func each(
        _ runs: [RunID],
        _ services: Services,
        _ work: @escaping @Sendable (RunID) async throws(CommandError) -> Void
    ) async throws(CommandError) {
        let error = await withTaskGroup(of: CommandError?.self) { group in
            for run in runs {
                group.addTask {
                    do throws(CommandError) {
                        try await work(run)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            var first: CommandError?
            for await error in group where first == nil { first = error }
            return first
        }
        if let error { throw error }
    }
}
