public import PipelineKit

/// Wakes runs whose moment has come although nobody did anything: a deadline has passed, a retry is due.
///
/// A run that waits is rows in the store and nothing else, so somebody has to look. Any number of processes may: each run
/// is taken by whoever claims it first.
public struct WakeUps: Sendable {
    /// How many rows are read at once.
    static let page = 100

    let store: any EventStore
    let keeper: RunKeeper
    let clock: EngineClock

    /// What became of a run that was due.
    public struct Woken: Sendable {
        public var run: RunID
        public var outcome: Result<RunState, ServiceError>
    }

    /// Carries on every run that is due now and that nobody holds, one after the other, each once.
    ///
    /// - Parameter wake: How a run is woken; ``wake(_:)`` unless there is somebody to be shown.
    /// - Returns: those that were woken. One that could not be carried on does not keep the others from it.
    /// - Throws: ``ServiceError/store(_:)`` when the store does not say which runs are due.
    public func sweep(
        _ wake: ((RunID) async throws(ServiceError) -> RunState?)? = nil
    ) async throws(ServiceError) -> [Woken] {
        let moment = clock.now()
        var woken: [Woken] = []
        var rows = try await due(by: moment, after: nil)
        while let last = rows.last, !Task.isCancelled {
            for row in rows where !Task.isCancelled {
                if let one = await attempt(row.run, wake ?? self.wake) { woken.append(one) }
            }
            // A run that was woken stands at the front of the list now, so that none is passed over or met again.
            rows = try await due(by: moment, after: RunQuery.Place(of: last))
        }
        return woken
    }

    /// Carries a run on if it is due, until it has ended or waits again.
    ///
    /// - Returns: `nil` when somebody holds it, or it is due no longer.
    public func wake(_ run: RunID) async throws(ServiceError) -> RunState? {
        do throws(ServiceError) {
            return try await keeper.wake(run)
        } catch .busy, .noSuchRun {
            return nil  // somebody was faster, or cleaned up
        }
    }

    private func attempt(
        _ run: RunID,
        _ wake: (RunID) async throws(ServiceError) -> RunState?
    ) async -> Woken? {
        do throws(ServiceError) {
            return try await wake(run).map { Woken(run: run, outcome: .success($0)) }
        } catch {
            return Woken(run: run, outcome: .failure(error))
        }
    }

    private func due(by moment: Instant, after place: RunQuery.Place?) async throws(ServiceError) -> [RunSummary] {
        do throws(StoreError) {
            return try await store.summaries(RunQuery(dueBy: moment, after: place, limit: Self.page))
        } catch {
            throw .store(error)
        }
    }
}
