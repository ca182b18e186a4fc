public import PipelineKit

/// What became of an application.
public enum Applied: Sendable, Hashable {
    /// The run works in the project itself.
    case there
    /// It was applied before.
    case before(Application)
    case done(Application, Delivered)
}

extension RunService {
    /// Brings what a run changed to the project it was started on: all of it, or nothing.
    ///
    /// What was applied before is not applied again. The run may be under way: what counts are the files as they were
    /// looked at last.
    ///
    /// - Parameter moment: Up to when; `nil` for the files as they were looked at last.
    /// - Throws: ``ServiceError/refused(_:)`` when both sides changed the same, ``ServiceError/invalid(_:)`` for a moment
    ///   at which nobody knows the files; nothing was changed then.
    public func apply(
        _ run: RunID,
        upTo moment: WorkspaceMoment? = nil,
        as target: Delivery.Target,
        by person: String
    ) async throws(ServiceError) -> Applied {
        let state = try await keeper.state(of: run)
        guard let workspace = state.workspace, let start = state.startSnapshot, let last = state.lastSnapshot else {
            throw .invalid("Run '\(run)' has not opened its workspace yet.")
        }
        guard workspace.path != workspace.project else { return .there }
        let end = if let moment { try await snapshot(at: moment, of: run, state) } else { last }
        let earlier = state.applied.flatMap { target.isMore(than: $0.target) ? nil : $0 }
        if let earlier, earlier.to == end { return .before(earlier) }
        let from = earlier?.to ?? start
        let heldOut = state.goal?.holdout ?? []
        let delivery = Delivery(
            of: run,
            to: workspace.project,
            from: from,
            to: end,
            as: target,
            leavingOut: heldOut
        )
        let delivered: Delivered
        do throws(Failure) {
            delivered = try await parts.workspaces.deliver(delivery)
        } catch {
            throw error.kind == .denied ? .refused(.notApplied(error.message)) : .invalid(error.message)
        }
        parts.fault("apply.delivered")
        // To deliver again does no harm, so it is recorded after it is true.
        let application = Application(target, from: from, to: end, delivered, by: person)
        try await keeper.send(.noteApplication(application), to: run)
        return .done(application, delivered)
    }

    /// What a run has changed from its start to a moment, as a patch that `git apply` takes.
    ///
    /// - Parameter moment: `nil` for the files as they were looked at last.
    public func patch(of run: RunID, upTo moment: WorkspaceMoment?) async throws(ServiceError) -> String {
        let state = try await keeper.state(of: run)
        let end = moment ?? (state.filesAreKnown ? .sequence(state.sequence) : .now)
        return try await diff(of: run, from: .iteration(0), to: end)
    }
}

extension Delivery.Target {
    /// Where people say that what a run changed is to go.
    ///
    /// - Parameter words: The message of a commit, to which the name of the run is added; `nil` for the usual one.
    public init(of run: RunID, commit: Bool, branch: String?, _ words: String?) {
        let message = "\(words ?? "Apply what run \(run) changed")\n\nSluice-Run: \(run)\n"
        self = branch.map { .branch($0, message: message) } ?? (commit ? .commit(message: message) : .files)
    }

    /// Whether it says something that was not true after the other one: files that were brought over are in no commit.
    fileprivate func isMore(than earlier: Application.Target) -> Bool {
        switch self {
        case .files: false
        case .commit: earlier == .files
        case .branch: true
        }
    }
}

extension Application {
    fileprivate init(
        _ target: Delivery.Target,
        from: SnapshotID,
        to: SnapshotID,
        _ delivered: Delivered,
        by person: String
    ) {
        let (kind, branch): (Target, String?) =
            switch target {
            case .files: (.files, nil)
            case .commit: (.commit, nil)
            case .branch(let name, _): (.branch, name)
            }
        self.init(
            kind,
            from: from,
            to: to,
            commit: delivered.commit,
            branch: branch,
            files: delivered.changes.count,
            by: person
        )
    }
}
