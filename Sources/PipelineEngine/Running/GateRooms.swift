import PipelineKit
import Synchronization

/// What one gate has for itself: a directory for reports, and the judged tree inside of its own walls.
struct GateRoom: Sendable {
    let directory: ScratchDirectory
    let workspace: Workspace
}

/// The rooms of the gates of one judgement; the first is begun before there is a tree to stand in it.
final class GateRooms: Sendable {
    private let work: GoalJudge.Work
    private let sandboxes: any SandboxKeeper
    private let scratch: Scratch
    private let first = Mutex<GateRoom?>(nil)

    init(_ work: GoalJudge.Work, _ sandboxes: any SandboxKeeper, _ scratch: Scratch) {
        self.work = work
        self.sandboxes = sandboxes
        self.scratch = scratch
    }

    /// Begins with the first room, as long as the tree is laid out; what goes wrong comes to light when it is needed.
    ///
    /// - Parameter path: Absolute path of the directory where the tree will be.
    func prepare(around path: String) async {
        guard work.confinement != nil, let room = try? await room(for: work.judged(at: path)) else { return }
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
        guard let policy = work.confinement else { return GateRoom(directory: directory, workspace: workspace) }
        do throws(Failure) {
            let tenant = SandboxTenant.judge(tree: workspace.path, scratch: try directory.path())
            workspace.confinement = try await sandboxes.walls(for: work.run, workspace, policy, tenant)
        } catch {
            directory.remove()
            throw error
        }
        return GateRoom(directory: directory, workspace: workspace)
    }
}
