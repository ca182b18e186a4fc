import PipelineEngine
import PipelineKit

/// Makes the runs of a measurement, one after the other: what runs beside another one has other times.
struct ModelTrial: Sendable {
    let order: RunOrder
    let services: Services
    let session: Session
    /// Whether programs read what is printed.
    let json: Bool

    /// In turns, so that whatever changes in the meantime changes it for all models.
    ///
    /// - Returns: what came of each model; less of it when a person has ended it with Ctrl-C.
    func measure(_ models: [ModelChain], runs: Int) async throws(CommandError) -> [ModelTrials] {
        var trials = models.map(ModelTrials.init)
        let interrupts = Interrupts {}
        defer { withExtendedLifetime(interrupts) {} }
        for number in 1...runs {
            for index in models.indices {
                let outcome = try await outcome(of: models[index], interrupts)
                guard !interrupts.happened else { return trials }
                trials[index].add(outcome)
                tell(outcome, models[index], "\(number)/\(runs)")
            }
        }
        return trials
    }

    private func outcome(of model: ModelChain, _ interrupts: Interrupts) async throws(CommandError) -> RunOutcome {
        var order = order
        order.run = .new()
        order.pipeline.model = model
        let run = try await asking { [order] () throws(ServiceError) in try await services.runs.start(order) }
        let state = try await carryOn(run, interrupts)
        // Nobody is asked here, and what would wait for an answer is no goal that is reached.
        if !state.isFinished {
            try await cancel(run, interrupts.happened ? "The measurement was interrupted." : "A person was asked.")
        }
        return RunOutcome(try await asking { () throws(ServiceError) in try await services.runs.tree(of: run) })
    }

    /// Ctrl-C stops the run that is under way.
    private func carryOn(_ run: RunID, _ interrupts: Interrupts) async throws(CommandError) -> RunState {
        let result = await withTaskGroup(of: Result<RunState, ServiceError>?.self) { group in
            group.addTask {
                do throws(ServiceError) { return .success(try await services.runs.carryOn(run)) } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                while !interrupts.happened {
                    do { try await Task.sleep(for: .milliseconds(100)) } catch { return nil }
                }
                try? await services.runs.cancel(run, by: session.person, reason: "The measurement was interrupted.")
                return nil
            }
            defer { group.cancelAll() }
            while let first = await group.next() {
                if let first { return first }
            }
            return .failure(.broken("The run ended without a result."))
        }
        return try await asking { () throws(ServiceError) in try result.get() }
    }

    private func cancel(_ run: RunID, _ reason: String) async throws(CommandError) {
        try await asking { () throws(ServiceError) in
            try await services.runs.cancel(run, by: session.person, reason: reason)
        }
    }

    /// At once, also to a pipe: a run takes long, and whoever reads follows.
    private func tell(_ outcome: RunOutcome, _ model: ModelChain, _ place: String) {
        defer { Output.flush() }
        guard !json else {
            let members = outcome.trial.members.merging(["model": .string(model.description)]) { $1 }
            return Output.line(JSONValue.object(members).jsonText)
        }
        let cost = outcome.spent.cost.map { " · \($0)" } ?? ""
        let run = outcome.run?.value ?? ""
        let reason = outcome.status == .achieved ? "" : ": \(outcome.reason.shortened(to: 80))"
        let words = "\(outcome.status.words)\(reason)"
        Output.line("\(place)  \(model)  \(outcome.time.written)\(cost)  run \(run)  \(words)".harmless)
    }
}
