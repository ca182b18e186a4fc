import PipelineKit

/// Carries a run on until it has ended, or waits for a person.
struct RunDriver: Sendable {
    let run: LiveRun
    let runner: EffectRunner
    let clock: EngineClock

    private enum Signal: Sendable {
        case changed
        case ended(Effect, from: Int, ServiceError?)
    }

    /// - Throws: what an effect could not get past: the store is gone, or the run is in other hands.
    func drive() async throws(ServiceError) {
        let (signals, signal) = AsyncStream.makeStream(of: Signal.self)
        await run.watch { signal.yield(.changed) }
        signal.yield(.changed)
        let error = await withDiscardingTaskGroup(returning: ServiceError?.self) { group in
            var running: Set<Effect> = []
            for await news in signals {
                if case .ended(let effect, let sequence, let error) = news {
                    running.remove(effect)
                    if let error = await problem(effect, sequence, error) {
                        group.cancelAll()
                        return error
                    }
                }
                let (state, mayBegin) = await run.outlook
                if state.isFinished || Task.isCancelled { group.cancelAll() }
                for effect in due(state) where mayBegin && !Task.isCancelled && running.insert(effect).inserted {
                    group.addTask { await carryOut(effect, from: state.sequence, signal) }
                }
                if running.isEmpty { return nil }
            }
            return nil
        }
        await run.watch(nil)
        if let error { throw error }
    }

    /// What there is to do now; a deadline that has not passed is for later.
    private func due(_ state: RunState) -> [Effect] {
        state.effects.filter { effect in
            if case .wake(_, let at) = effect { at <= clock.now() } else { true }
        }
    }

    @concurrent
    private func carryOut(_ effect: Effect, from sequence: Int, _ signal: AsyncStream<Signal>.Continuation) async {
        do throws(ServiceError) {
            try await runner.carryOut(effect, of: run)
            signal.yield(.ended(effect, from: sequence, nil))
        } catch {
            signal.yield(.ended(effect, from: sequence, error))
        }
    }

    /// A refusal means that the run has moved on; work that ended and changed nothing would be offered for ever.
    private func problem(_ effect: Effect, _ sequence: Int, _ error: ServiceError?) async -> ServiceError? {
        let state = await run.state
        if let error, case .refused = error {} else if let error { return error }
        guard state.sequence == sequence, state.effects.contains(effect), !Task.isCancelled else { return nil }
        return .broken(
            "The step \(effect) of run '\(run.id)' ended and changed nothing.\(error.map { " \($0)" } ?? "")"
        )
    }
}
