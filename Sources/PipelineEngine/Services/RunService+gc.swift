public import PipelineKit

/// What a clean-up removed.
public struct Removal: Sendable, Hashable {
    public var runs: [RunID]
    /// Bytes of outputs that no remaining run refers to.
    public var bytes: Int
}

extension RunService {
    /// Runs that ended before a moment, oldest first.
    public func ended(before moment: Instant) async throws(ServiceError) -> [RunSummary] {
        let statuses = Set(RunStatus.allCases.filter(\.isFinal))
        return try await list(RunQuery(statuses: statuses, updatedBefore: moment, limit: 100_000)).reversed()
    }

    /// Removes runs with all that was kept for them: workspaces, snapshots, events, outputs.
    ///
    /// Files go before records: what a crash leaves over is still listed, and goes the next time.
    public func remove(_ runs: [RunID]) async throws(ServiceError) -> Removal {
        for run in runs {
            guard let workspace = try await keeper.state(of: run).workspace else { continue }
            do throws(Failure) {
                try await parts.workspaces.discard(workspace, of: run)
                await parts.sandboxes.discard(run)
            } catch {
                throw .invalid("The workspace of run '\(run)' cannot be removed. \(error.message)")
            }
        }
        parts.fault("gc.discarded")
        do throws(StoreError) {
            return Removal(runs: runs, bytes: try await parts.store.remove(runs))
        } catch {
            throw .store(error)
        }
    }
}
