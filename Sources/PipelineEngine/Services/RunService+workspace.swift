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
        try await diff(of: run, from: .iteration(from), to: to.map { .iteration($0) } ?? .now)
    }

    /// What the run changed between two moments, as a unified diff that `git apply` takes.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` for a moment at which nobody knows the files, or when the workspace is gone.
    public func diff(of run: RunID, from: WorkspaceMoment, to: WorkspaceMoment) async throws(ServiceError) -> String {
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
        try await changes(of: run, from: .iteration(from), to: to.map { .iteration($0) } ?? .now)
    }

    /// The files that the run changed between two moments, by name; as ``diff(of:from:to:)``.
    public func changes(
        of run: RunID,
        from: WorkspaceMoment,
        to: WorkspaceMoment
    ) async throws(ServiceError) -> [FileChange] {
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

    private func span(of run: RunID, from: WorkspaceMoment, to: WorkspaceMoment) async throws(ServiceError) -> Span {
        let state = try await keeper.state(of: run)
        guard let workspace = state.workspace else {
            throw .invalid("Run '\(run)' has not opened its workspace yet.")
        }
        return Span(
            workspace: workspace,
            start: try await snapshot(at: from, of: run, state),
            end: try await snapshot(at: to, of: run, state)
        )
    }

    /// What the files were at a moment.
    func snapshot(at moment: WorkspaceMoment, of run: RunID, _ state: RunState) async throws(ServiceError) -> SnapshotID
    {
        guard let workspace = state.workspace, let start = state.startSnapshot else {
            throw .invalid("Run '\(run)' has not opened its workspace yet.")
        }
        switch moment {
        case .iteration(0): return start
        case .iteration(let number):
            guard let snapshot = state.snapshots[number] else {
                throw .invalid("\(Refusal.unknownIteration(number))")
            }
            return snapshot
        case .sequence(let sequence):
            return try await ForkedHistory.read(run, in: parts.store).knownFiles(at: sequence)
        case .before(let call): return try await ForkedHistory.read(run, in: parts.store).files(around: call).before
        case .after(let call): return try await ForkedHistory.read(run, in: parts.store).files(around: call).after
        case .now:
            do throws(Failure) {
                return try await parts.workspaces.snapshot(workspace, of: run)
            } catch {
                throw .invalid(error.message)
            }
        }
    }
}

/// When somebody looks at the files of a run.
public enum WorkspaceMoment: Sendable, Hashable {
    /// At the end of an iteration; 0 is the start of the run.
    case iteration(Int)
    /// After an event.
    case sequence(Int)
    /// Before a call that writes.
    case before(CallID)
    case after(CallID)
    case now
}
