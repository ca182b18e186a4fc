import CLinux
import FoundationEssentials
import PipelineEngine
import PipelineKit

extension EngineBench {
    /// How many runs are begun, or brought to an end, side by side.
    private static let width = 64
    /// Of runs that wait.
    private static let page = 1_000
    /// Where runs come from, and who answers them.
    private static let name = "bench"

    func one(_ services: Services) async throws(CommandError) -> Int {
        let latencies = StepLatencies(lines, marks: order.marks)
        services.feed.observe { latencies.take($0) }
        lines.tell("begin")
        return try await finish(try await start(services, try pipeline()), services)
    }

    /// Carries on the run that an earlier process began, or begins one.
    func again(_ left: RunID?, _ services: Services) async throws(CommandError) -> Int {
        lines.tell("begin")
        if let left { return try await finish(left, services) }
        return try await finish(try await start(services, try pipeline()), services)
    }

    /// - Returns: `nil` when runs are left waiting.
    func resumed(_ left: RunID?, _ services: Services) async throws(CommandError) -> Int? {
        guard let left else { throw .usage(EngineOrder.nothing(toResumeIn: place)) }
        lines.tell("begin")
        let questions = try await questions(services, 1)
        if case .check? = questions.first?.approval.subject { return try await answered(services) }
        return try await finish(left, services)
    }

    func many(_ services: Services) async throws(CommandError) -> Int {
        let pipeline = try pipeline()
        lines.tell("begin")
        try await inLanes(order.runs, width: order.runs) { _ throws(CommandError) in
            _ = try await finish(try await start(services, pipeline), services)
        }
        return order.runs * order.steps
    }

    func parked(_ services: Services) async throws(CommandError) -> Int? {
        let pipeline = try pipeline()
        lines.tell("begin")
        try await inLanes(order.runs, width: Self.width) { _ throws(CommandError) in
            let run = try await start(services, pipeline)
            let state = try await carryOn(run, services)
            guard state.status == .waiting else { throw .unplanned(state, of: run) }
        }
        return try await answered(services)
    }

    // MARK: - One run

    /// - Throws: when that is not a run of a benchmark: these modules would be its end.
    func newest(_ services: Services) async throws(CommandError) -> RunID? {
        let rows = try await asking { () throws(ServiceError) in try await services.runs.list(RunQuery(limit: 1)) }
        guard let newest = rows.first else { return nil }
        guard newest.origin == Self.name else {
            throw .usage("'\(place)' holds runs that no benchmark began. Give another directory with --dir.")
        }
        return newest.run
    }

    private func start(_ services: Services, _ pipeline: Pipeline) async throws(CommandError) -> RunID {
        let order = RunOrder(pipeline: pipeline, project: place, origin: Self.name)
        return try await asking { () throws(ServiceError) in try await services.runs.start(order) }
    }

    private func carryOn(_ run: RunID, _ services: Services) async throws(CommandError) -> RunState {
        try await asking { () throws(ServiceError) in try await services.runs.carryOn(run) }
    }

    /// Carries a run on to its end; a step that was interrupted and may not be repeated is not.
    ///
    /// - Returns: how many steps it had.
    private func finish(_ run: RunID, _ services: Services) async throws(CommandError) -> Int {
        var state = try await carryOn(run, services)
        while state.status == .waiting {
            for pending in state.pendingApprovals {
                try await answer(pending.approval.id, of: run, .rejected, services)
            }
            state = try await carryOn(run, services)
        }
        return try steps(of: state, run)
    }

    /// - Throws: for a run that did not end as it is meant to: its goal never holds.
    private func steps(of state: RunState, _ run: RunID) throws(CommandError) -> Int {
        let settings = state.pipeline?.providers[StepProvider.id.value]
        guard state.status == .notAchieved, let settings, let read = try? StepProvider.Settings(json: settings) else {
            throw .unplanned(state, of: run)
        }
        return read.steps
    }

    // MARK: - People

    /// Waits for a person, and answers what all runs ask.
    ///
    /// - Returns: how many steps they had; `nil` when nobody came.
    private func answered(_ services: Services) async throws(CommandError) -> Int? {
        sluice_return_freed_memory()
        lines.tell("waiting")
        var line = readLine()
        while line != "go" {
            guard line != nil else { return nil }
            line = readLine()
        }
        var count = 0
        while true {
            let page = try await questions(services, Self.page)
            guard !page.isEmpty else { return count * EngineScenario.stepsOfWait }
            try await inLanes(page.count, width: Self.width) { index throws(CommandError) in
                let (run, question) = (page[index].run, page[index].approval.id)
                try await answer(question, of: run, .approved, services)
                _ = try steps(of: try await carryOn(run, services), run)
            }
            count += page.count
        }
    }

    private func questions(_ services: Services, _ limit: Int) async throws(CommandError) -> [OpenApproval] {
        try await asking { () throws(ServiceError) in try await services.approvals.open(after: nil, limit: limit) }
    }

    private func answer(_ question: ApprovalID, of run: RunID, _ answer: Resolution.Decision, _ services: Services)
        async throws(CommandError)
    {
        let resolution = Resolution(answer, by: Self.name)
        try await asking { () throws(ServiceError) in
            try await services.approvals.resolve(question, of: run, with: resolution, shown: nil)
        }
    }
}

/// Does so many pieces of work, some of them side by side; after one that fails nothing more is begun.
func inLanes(
    _ count: Int,
    width: Int,
    _ work: @escaping @Sendable (Int) async throws(CommandError) -> Void
) async throws(CommandError) {
    let error = await withTaskGroup(of: CommandError?.self) { group in
        for lane in 0..<min(width, count) {
            group.addTask {
                do throws(CommandError) {
                    for index in stride(from: lane, to: count, by: width) where !Task.isCancelled {
                        try await work(index)
                    }
                    return nil
                } catch {
                    return error
                }
            }
        }
        var first: CommandError?
        for await error in group {
            guard let error, first == nil else { continue }
            first = error
            group.cancelAll()
        }
        return first
    }
    if let error { throw error }
}

extension CommandError {
    fileprivate static func unplanned(_ state: RunState, of run: RunID) -> CommandError {
        guard case .finished(_, let reason) = state.phase else {
            return .broken("Run '\(run)' stands still, and was not to: \(state.status.words).")
        }
        return .broken("Run '\(run)' ended otherwise than it was to: \(state.status.words). \(reason)")
    }
}
