import PipelineKit

// What is known of the files.
extension RunFacts {
    mutating func open(_ workspace: Workspace, _ snapshot: SnapshotID) {
        self.workspace = workspace
        look(at: snapshot)
        guard forkedFiles == nil else { return goOn() }
        startSnapshot = snapshot
        phase = .checking(CheckName(iteration: 0))
    }

    /// Takes in what the files are now.
    mutating func look(at snapshot: SnapshotID) {
        lastSnapshot = snapshot
        filesAreKnown = true
    }

    mutating func rollBack(_ back: Rollback) {
        unchangedSince = nil
        look(at: back.snapshot)
        say("\(back.by) set the workspace back to the end of iteration \(back.iteration).")
    }

    /// Leaves the other run's history: what it was asking the model is its own, and so is the time since then.
    mutating func fork(_ point: ForkPoint, after last: Instant, at now: Instant) {
        unchangedSince = nil
        intent = nil
        endJudging()
        retryAt = nil
        if waitingSince == nil { waited += now - last }
        let directory = workspace?.path ?? forkedFiles?.directory ?? project ?? ""
        let heldOut = workspace?.heldOut ?? forkedFiles?.heldOut
        forkedFiles = ForkedFiles(point.snapshot, directory: directory, heldOut: heldOut)
        workspace = nil
        applied = nil
        pipeline?.workspace.isolation = point.isolation
        look(at: point.snapshot)
    }

    /// A fork has its files. What people were asked was about the other run's; they are asked anew, at once.
    private mutating func goOn() {
        forkedFiles = nil
        steps?.forgetRuns()
        outside = OutsideWork()
        let end = Resolution(.expired, by: "the fork")
        for id in openApprovals { approvals[id]?.resolution = end }
        openApprovals = []
    }
}
