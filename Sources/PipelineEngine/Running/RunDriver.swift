import PipelineKit

/// Carries a run on until it has ended, or waits for a person.
///
/// Whoever has ended a piece of work goes on with the next; the driver only begins what nobody would else take up: the
/// first, calls side by side, and what others have brought about.
struct RunDriver: Sendable {
    let run: LiveRun
    let runner: EffectRunner
    let clock: EngineClock

    /// - Parameter attention: What this driver is to do beside its work until that is over; `nil` as long as another one
    ///   does it.
    /// - Throws: what an effect could not get past: the store is gone, or the run is in other hands.
    func drive(_ attention: @Sendable () async -> (@Sendable () async -> Void)?) async throws(ServiceError) {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await run.watch { signal.yield() }
        signal.yield()
        let error = await withDiscardingTaskGroup(returning: ServiceError?.self) { group in
            defer { group.cancelAll() }
            for await _ in signals {
                let work = await run.takeWork(at: clock.now())
                if work.isOver || work.problem != nil || Task.isCancelled {
                    group.cancelAll()
                } else if let attend = await attention() {
                    group.addTask { await attend() }
                }
                for effect in work.begun { group.addTask { await carryOn(effect) } }
                if work.isIdle || work.problem != nil { return work.problem }
            }
            return nil
        }
        await run.watch(nil)
        await runner.leave(run)
        if let error { throw error }
    }

    @concurrent
    private func carryOn(_ first: Effect) async {
        var next: Effect? = first
        while let effect = next {
            var failure: ServiceError?
            do throws(ServiceError) { try await runner.carryOut(effect, of: run) } catch { failure = error }
            next = await run.end(effect, failure, isCancelled: Task.isCancelled, at: clock.now())
        }
    }
}
