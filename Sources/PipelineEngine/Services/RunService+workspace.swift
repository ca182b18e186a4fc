public import PipelineKit

extension RunService {
    /// What the run has changed, as a unified diff that `git apply` takes.
    ///
    /// - Parameter iteration: Up to the end of which iteration; `nil` for the workspace as it is now.
    /// - Throws: ``ServiceError/invalid(_:)`` when the workspace is gone.
    public func diff(of run: RunID, upTo iteration: Int?) async throws(ServiceError) -> String {
        try await diff(of: run, from: 0, to: iteration)
    }

    /// What the run changed between the ends of two iterations, as a unified diff that `git apply` takes.
    ///
    /// - Parameters:
    ///   - from: 0 is the start of the run.
    ///   - to: `nil` for the workspace as it is now.
    /// - Throws: ``ServiceError/invalid(_:)`` for an iteration without a snapshot, or when the workspace is gone.
    public func diff(of run: RunID, from: Int, to: Int?) async throws(ServiceError) -> String {
        let span = try await span(of: run, from: from, to: to)
        do throws(Failure) {
            return try await parts.workspaces.diff(span.workspace, from: span.start, to: span.end)
        } catch {
            throw .invalid(error.message)
        }
    }

    /// The files that the run has changed, by name.
    public func changes(of run: RunID, upTo iteration: Int?) async throws(ServiceError) -> [FileChange] {
        try await changes(of: run, from: 0, to: iteration)
    }

    /// The files that the run changed between the ends of two iterations, by name; as ``diff(of:from:to:)``.
    public func changes(of run: RunID, from: Int, to: Int?) async throws(ServiceError) -> [FileChange] {
        let span = try await span(of: run, from: from, to: to)
        do throws(Failure) {
            return try await parts.workspaces.changes(span.workspace, from: span.start, to: span.end)
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

    /// Two snapshots of a run's workspace.
    private struct Span {
        var workspace: Workspace
        var start: SnapshotID
        var end: SnapshotID
    }

    private func span(of run: RunID, from: Int, to: Int?) async throws(ServiceError) -> Span {
        let state = try await keeper.state(of: run)
        guard let workspace = state.workspace, let opened = state.startSnapshot else {
            throw .invalid("Run '\(run)' has not opened its workspace yet.")
        }
        let start = from == 0 ? opened : try Self.snapshot(from, in: state)
        if let to { return Span(workspace: workspace, start: start, end: try Self.snapshot(to, in: state)) }
        do throws(Failure) {
            let now = try await parts.workspaces.snapshot(workspace, of: run)
            return Span(workspace: workspace, start: start, end: now)
        } catch {
            throw .invalid(error.message)
        }
    }

    private static func snapshot(_ iteration: Int, in state: RunState) throws(ServiceError) -> SnapshotID {
        guard let snapshot = state.snapshots[iteration] else {
            throw .invalid("\(Refusal.unknownIteration(iteration))")
        }
        return snapshot
    }
}
