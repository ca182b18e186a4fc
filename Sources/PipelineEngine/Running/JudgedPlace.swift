import PipelineKit
import Synchronization

/// Where the gates of a goal judge.
final class JudgedPlace: Sendable {
    let workspace: Workspace
    /// Where the work was done.
    let origin: Workspace
    /// What stood there at the start of the run.
    let start: SnapshotID
    /// What confines the gates; `nil` when nothing does.
    let policy: WorkspacePolicy?
    let run: RunID
    /// What the gates reached so far.
    let network = Mutex<[NetworkUse]>([])

    init(
        workspace: Workspace,
        origin: Workspace,
        start: SnapshotID,
        run: RunID,
        confinedBy policy: WorkspacePolicy?
    ) {
        self.workspace = workspace
        self.origin = origin
        self.start = start
        self.policy = policy
        self.run = run
    }

    func note(_ uses: [NetworkUse]) { network.withLock { $0 += uses } }
}
