import PipelineKit
import Synchronization

/// What one gate has for itself: a directory for reports, and the judged tree inside of its own walls.
struct GateRoom: Sendable {
    let directory: ScratchDirectory
    let workspace: Workspace
}

/// The rooms of the gates of one check; the first is begun before there is a tree to stand in it.
final class GateRooms: Sendable {
    private let run: RunID
    /// What confines the gates; `nil` when nothing does.
    let policy: WorkspacePolicy?
    private let sandboxes: any SandboxKeeper
    private let scratch: Scratch
    private let first = Mutex<GateRoom?>(nil)

    init(_ state: RunState, of run: RunID, _ sandboxes: any SandboxKeeper, _ scratch: Scratch) {
        self.run = run
        policy = state.workspace?.sandbox?.isConfined == true ? state.pipeline?.workspace : nil
        self.sandboxes = sandboxes
        self.scratch = scratch
    }

    /// Begins with the first room: a sandbox takes as long to make as the files to look through. What goes wrong comes to
    /// light when it is needed.
    ///
    /// - Parameter workspace: Where the work was done.
    func prepare(for workspace: Workspace, _ keeper: any WorkspaceKeeper) async {
        guard policy != nil, let path = try? await keeper.judgedPlace(of: workspace, for: run),
            let room = try? await room(for: workspace.judged(at: path))
        else { return }
        if let walls = room.workspace.confinement { sandboxes.prepare(walls) }
        first.withLock { $0 = room }
    }

    /// A room for one gate, which has to be left.
    func take(for workspace: Workspace) async throws(Failure) -> GateRoom {
        guard let ready = first.withLock({ $0.take() }) else { return try await room(for: workspace) }
        guard ready.workspace.path != workspace.path else { return ready }
        await leave(ready)
        return try await room(for: workspace)
    }

    /// - Returns: what was reached in it.
    @discardableResult
    func leave(_ room: GateRoom) async -> [NetworkUse] {
        defer { room.directory.remove() }
        guard let walls = room.workspace.confinement else { return [] }
        let uses = sandboxes.takeNetworkUse(of: walls)
        await sandboxes.takeDown(walls)
        return uses
    }

    /// Leaves the room that no gate has taken, if there is one.
    func leave() async {
        if let room = first.withLock({ $0.take() }) { await leave(room) }
    }

    private func room(for workspace: Workspace) async throws(Failure) -> GateRoom {
        let directory = scratch.directory()
        var workspace = workspace
        guard let policy else { return GateRoom(directory: directory, workspace: workspace) }
        do throws(Failure) {
            let tenant = SandboxTenant.judge(tree: workspace.path, scratch: try directory.path())
            workspace.confinement = try await sandboxes.walls(for: run, workspace, policy, tenant)
        } catch {
            directory.remove()
            throw error
        }
        return GateRoom(directory: directory, workspace: workspace)
    }
}

extension Workspace {
    /// The tree in which its work is judged, laid out at an absolute path.
    func judged(at path: String) -> Workspace { Workspace(path: path, project: project, heldOut: heldOut) }
}
