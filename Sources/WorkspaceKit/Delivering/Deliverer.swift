import FoundationEssentials
import Glibc
import PipelineKit
import ProcessKit

/// Brings what a run changed to the project, all of it or nothing.
struct Deliverer: Sendable {
    let files: RunFiles
    let delivery: Delivery
    /// Without links.
    let project: String
    let fault: @Sendable (String) -> Void

    private var handover: Handover { Handover(files: files, fault: fault) }
    private var merger: Merger { Merger(files: files, scratch: "\(files.directory)/merge") }

    func deliver() async throws(Failure) -> Delivered {
        try await handover.recover()
        let all = try await TreeDifference(files.repository, from: delivery.from, to: delivery.to).changes()
        let filter = try PolicyFilter(EditPolicy(protect: delivery.leavingOut))
        let changes = all.filter(filter.allows)
        guard !changes.isEmpty else { return Delivered(changes: []) }
        switch delivery.target {
        case .files: return try await bring(try await projectPlan(changes), commit: nil)
        case .commit(let message): return try await commit(changes, message)
        case .branch(let name, let message): return try await branch(name, changes, message)
        }
    }

    private func projectPlan(_ changes: [RawChange]) async throws(Failure) -> MergePlan {
        let place: ProjectFiles
        do throws(FileFault) { place = try ProjectFiles(project) } catch { throw Failure(error, project, "read") }
        var planning = ProjectPlan(place, merger)
        try await planning.add(changes)
        try Disk.remove(merger.scratch)
        try expectNone(planning.plan.conflicts)
        return planning.plan
    }

    // MARK: - Files

    private func bring(_ plan: MergePlan, commit: DeliveryJournal.Commit?) async throws(Failure) -> Delivered {
        guard !plan.steps.isEmpty || commit != nil else { return Delivered(changes: []) }
        let place: ProjectFiles
        do throws(FileFault) { place = try ProjectFiles(project) } catch { throw Failure(error, project, "read") }
        var journal = DeliveryJournal(project: project, preparation: Draft.newName())
        try journal.write(to: handover.journal)
        fault("apply.announced")
        let preparation = Preparation(files: files)
        let directory = "\(project)/\(journal.preparation)"
        do throws(Failure) {
            try await preparation.write(plan.steps, to: directory)
            try preparation.keepPermissions(plan.steps, in: directory, of: place)
        } catch {
            try? await handover.recover()
            throw error
        }
        fault("apply.prepared")
        journal.steps = plan.steps.enumerated().map { number, step in
            DeliveryJournal.Step(
                path: step.path,
                old: step.old,
                prepared: step.new == nil ? nil : "\(number)",
                new: step.new
            )
        }
        journal.commit = commit
        try journal.write(to: handover.journal)
        fault("apply.decided")
        try await handover.finish(journal)
        return Delivered(plan.steps, commit: commit?.new)
    }

    // MARK: - Commits

    private func commitMaker() async throws(Failure) -> CommitMaker {
        guard let repository = try await UserRepository.find(from: project) else {
            throw Failure(
                .denied,
                "'\(project)' belongs to no git repository, so there is nothing to commit to. Apply the run without "
                    + "'--commit' and '--branch'."
            )
        }
        return CommitMaker(
            files: files,
            repository: repository,
            merger: merger,
            prefix: Scope(project, in: repository).prefix
        )
    }

    private func commit(_ changes: [RawChange], _ message: String) async throws(Failure) -> Delivered {
        let maker = try await commitMaker()
        try await expectQuiet(maker.repository)
        let head = try await maker.head()
        let plan = try await maker.plan(changes, on: head)
        try expectNone(plan.conflicts)
        guard !plan.steps.isEmpty else { return Delivered(changes: []) }
        try await expectUnstaged(plan.steps, maker)
        let files = try await projectPlan(changes)
        let made = try await maker.make(plan.steps, on: head, message: message)
        let commit = DeliveryJournal.Commit(old: head.commit, new: made.commit, index: made.index)
        _ = try await bring(files, commit: commit)
        return Delivered(plan.steps, commit: made.commit)
    }

    private func branch(_ name: String, _ changes: [RawChange], _ message: String) async throws(Failure) -> Delivered {
        let maker = try await commitMaker()
        let reference = "refs/heads/\(name)"
        guard try await maker.repository.attempt(["check-ref-format", reference]).status == 0, !name.hasPrefix("-")
        else {
            throw Failure(.invalidInput, "'\(name.shown)' cannot be the name of a branch; git-check-ref-format(1).")
        }
        let head = try await maker.head()
        let plan = try await maker.plan(changes, on: head)
        try expectNone(plan.conflicts)
        guard !plan.steps.isEmpty else { return Delivered(changes: []) }
        let made = try await maker.make(plan.steps, on: head, message: message)
        if let known = try await tip(of: reference, maker.repository) {
            guard try await tree(of: known, maker.repository) == tree(of: made.commit, maker.repository) else {
                throw Failure(.denied, "There is a branch '\(name.shown)' already, and it was not changed.")
            }
            return Delivered(changes: [], commit: known)
        }
        let zero = String(repeating: "0", count: made.commit.count)
        let words = ["update-ref", "-m", "sluice apply \(delivery.run)", reference, made.commit, zero]
        let moved = try await maker.repository.attempt(words, environment: GitPersons.engine)
        guard moved.status == 0 else { throw PrivateRepository.failure(words, moved) }
        return Delivered(plan.steps, commit: made.commit)
    }

    private func tip(of reference: String, _ repository: UserRepository) async throws(Failure) -> String? {
        let asked = try await repository.attempt(["rev-parse", "--quiet", "--verify", "\(reference)^{commit}"])
        return asked.status == 0 ? asked.output.text.trimmed : nil
    }

    private func tree(of commit: String, _ repository: UserRepository) async throws(Failure) -> [UInt8] {
        try await repository.git(["rev-parse", "\(commit)^{tree}"])
    }

    // MARK: - What stands in the way

    private func expectNone(_ conflicts: [MergePlan.Conflict]) throws(Failure) {
        guard !conflicts.isEmpty else { return }
        let shown = conflicts.prefix(Self.mostNames).map { "\n  \($0.path.text.shown): \($0.reason)" }.joined()
        let rest = conflicts.count > Self.mostNames ? "\n  and \(conflicts.count - Self.mostNames) more" : ""
        throw Failure(
            .denied,
            "What run '\(delivery.run)' changed cannot be brought to '\(project)':\(shown)\(rest)\nNothing was changed. "
                + "Commit or undo what stands in the way and apply again, or merge a patch by hand: sluice apply "
                + "\(delivery.run) --patch FILE"
        )
    }

    private static let mostNames = 20

    /// A commit in the middle of something else would become a part of it.
    private func expectQuiet(_ repository: UserRepository) async throws(Failure) {
        let own = try await repository.git(["rev-parse", "--path-format=absolute", "--git-dir"])
        let directory = String(decoding: own, as: UTF8.self).trimmed
        for name in ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "index.lock"]
        where Disk.exists("\(directory)/\(name)") {
            throw Failure(
                .denied,
                "git is in the middle of something in the project: there is a '\(name)' in '\(directory)'. Finish that "
                    + "first. Nothing was changed."
            )
        }
    }

    /// What is staged stays as it is, so a path that is staged cannot be committed.
    private func expectUnstaged(_ steps: [MergePlan.Step], _ maker: CommitMaker) async throws(Failure) {
        let staged = try await maker.repository.git(
            ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--ignore-submodules=all", "HEAD"]
        )
        let paths = Set(RawChange.all(in: staged).map(\.path))
        let both = steps.filter { paths.contains(Array(maker.prefix.utf8) + $0.path) }
        try expectNone(both.map { MergePlan.Conflict(path: $0.path, reason: "it is staged; commit or unstage it") })
    }
}

extension Delivered {
    fileprivate init(_ steps: [MergePlan.Step], commit: String?) {
        self.init(
            changes: steps.sorted { $0.path.lexicographicallyPrecedes($1.path) }.map { step in
                FileChange(step.old == nil ? .added : step.new == nil ? .deleted : .modified, step.path.text)
            },
            merged: steps.filter { $0.merged != nil }.map(\.path.text),
            commit: commit
        )
    }
}
