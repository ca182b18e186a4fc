public import PipelineKit

extension RunService {
    /// What the run has changed, as a unified diff that `git apply` takes.
    ///
    /// - Parameter iteration: Up to the end of which iteration; `nil` for the workspace as it is now.
    /// - Throws: ``ServiceError/invalid(_:)`` when the workspace is gone.
    public func diff(of run: RunID, upTo iteration: Int?) async throws(ServiceError) -> String {
        let (_, workspace, start) = try await place(of: run)
        do throws(Failure) {
            let end = try await snapshot(run, iteration, workspace)
            return try await parts.workspaces.diff(workspace, from: start, to: end)
        } catch {
            throw .invalid(error.message)
        }
    }

    /// The files that the run has changed, by name.
    public func changes(of run: RunID, upTo iteration: Int?) async throws(ServiceError) -> [FileChange] {
        let (_, workspace, start) = try await place(of: run)
        do throws(Failure) {
            let end = try await snapshot(run, iteration, workspace)
            return try await parts.workspaces.changes(workspace, from: start, to: end)
        } catch {
            throw .invalid(error.message)
        }
    }

    /// Sets the workspace back to the end of an iteration; what it was before is kept as a snapshot.
    ///
    /// - Returns: what it was before.
    public func rollBack(_ run: RunID, to iteration: Int, by person: String) async throws(ServiceError) -> SnapshotID {
        let (workspaces, fault) = (parts.workspaces, parts.fault)
        return try await keeper.holding(run) { live async throws(ServiceError) in
            let state = await live.state
            guard let workspace = state.workspace, let snapshot = state.snapshots[iteration] else {
                throw .refused(.unknownIteration(iteration))
            }
            guard state.mayBeRolledBack else { throw .refused(.underWay) }
            let replaced: SnapshotID
            do throws(Failure) {
                replaced = try await workspaces.snapshot(workspace, of: run)
                try await workspaces.restore(snapshot, into: workspace, of: run)
            } catch {
                throw .invalid(error.message)
            }
            fault("rollback.restored")
            // Restoring again does no harm, so it is recorded after it is true.
            try await live.send(
                .rollBack(Rollback(iteration: iteration, snapshot: snapshot, replaced: replaced, by: person))
            )
            return replaced
        }
    }

    private func place(of run: RunID) async throws(ServiceError) -> (RunState, Workspace, SnapshotID) {
        let state = try await keeper.state(of: run)
        guard let workspace = state.workspace, let start = state.startSnapshot else {
            throw .invalid("Run '\(run)' has not opened its workspace yet.")
        }
        return (state, workspace, start)
    }

    private func snapshot(_ run: RunID, _ iteration: Int?, _ workspace: Workspace) async throws(Failure) -> SnapshotID {
        guard let iteration else { return try await parts.workspaces.snapshot(workspace, of: run) }
        let state: RunState
        do throws(ServiceError) { state = try await keeper.state(of: run) } catch {
            throw Failure(.unavailable, "\(error)")
        }
        guard let snapshot = state.snapshots[iteration] else {
            throw Failure(.invalidInput, "\(Refusal.unknownIteration(iteration))")
        }
        return snapshot
    }
}
