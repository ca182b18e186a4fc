import PipelineKit

/// What the work is compared with, laid out when a gate first asks for it.
actor BaseTree {
    private let lay: @Sendable (BasePoint) async throws(Failure) -> Workspace
    private var laid: (point: BasePoint, work: Task<Result<Workspace, Failure>, Never>)?

    init(_ lay: @escaping @Sendable (BasePoint) async throws(Failure) -> Workspace) { self.lay = lay }

    /// - Throws: ``Failure/Kind/invalidInput`` for another point than the first.
    func workspace(at point: BasePoint) async throws(Failure) -> Workspace {
        if let laid {
            guard laid.point == point else {
                throw Failure(.invalidInput, "A gate compares the work with one thing, not with two.")
            }
            return try await laid.work.value.get()
        }
        let lay = lay
        let work = Task {
            do throws(Failure) {
                return Result<Workspace, Failure>.success(try await lay(point))
            } catch {
                return .failure(error)
            }
        }
        laid = (point, work)
        return try await work.value.get()
    }

    /// What was laid out, if anything was.
    func taken() async -> Workspace? { try? await laid?.work.value.get() }
}

extension GoalJudge {
    /// Lends a gate what it may compare the work with, confined as the judged tree is and apart from it; it is removed
    /// afterwards.
    func withBase(
        of place: JudgedPlace,
        _ directory: ScratchDirectory,
        _ body: (BaseTree) async throws(Failure) -> Verdict
    ) async throws(Failure) -> Verdict {
        let home = scratch.directory()
        defer { home.remove() }
        let base = BaseTree { point throws(Failure) in
            try await lay(point, in: "\(try home.path())/base", place, scratch: directory)
        }
        let verdict: Result<Verdict, Failure>
        do throws(Failure) {
            verdict = .success(try await body(base))
        } catch {
            verdict = .failure(error)
        }
        if let walls = await base.taken()?.confinement {
            place.note(sandboxes.takeNetworkUse(of: walls))
            await sandboxes.takeDown(walls)
        }
        return try verdict.get()
    }

    private func lay(_ point: BasePoint, in path: String, _ place: JudgedPlace, scratch: ScratchDirectory)
        async throws(Failure) -> Workspace
    {
        let origin = place.origin
        switch point {
        case .start: try await keeper.layOut(place.start, of: origin, in: path, for: place.run)
        case .commit(let name): try await keeper.layOut(commit: name, of: origin, in: path, for: place.run)
        }
        var workspace = Workspace(path: path, project: origin.project)
        guard let policy = place.policy else { return workspace }
        let tenant = SandboxTenant.base(tree: path, scratch: try scratch.path())
        workspace.confinement = try await sandboxes.walls(for: place.run, workspace, policy, tenant)
        return workspace
    }
}
