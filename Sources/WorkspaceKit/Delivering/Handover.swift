import CLinux
import FoundationEssentials
import Glibc
import PipelineKit
import ProcessKit

/// Carries out what a journal says, from wherever it was left.
struct Handover: Sendable {
    let files: RunFiles
    let fault: @Sendable (String) -> Void

    var journal: String { "\(files.project)/delivery" }

    /// Finishes or undoes what a killed process began.
    func recover() async throws(Failure) {
        for name in Disk.names(in: files.project) where name.hasPrefix("delivery.") && name.hasSuffix(".lock") {
            if name != "delivery.lock" { try Disk.remove("\(files.project)/\(name)") }
        }
        guard Disk.exists(journal) else { return }
        guard let begun = DeliveryJournal(at: journal) else { return try Disk.remove(journal) }
        guard var steps = begun.steps else { return try end(begun) }
        // Some of it may be done, so the rest is too; what a person has changed since then stays.
        let project = try files(of: begun.project)
        let stale = try self.stale(steps, project)
        steps.removeAll { step in stale.contains { $0.path == step.path } }
        var rest = begun
        rest.steps = steps
        try await finish(rest)
        guard let first = stale.first else { return }
        throw Failure(
            .denied,
            "A run was being applied when the process ended, and '\(first.path.text.shown)' has changed since: it was left "
                + "as it is, and the rest is applied. Look at it, and apply again what you were about to."
        )
    }

    /// - Throws: ``Failure/Kind/invalidInput`` when the project has changed since, and nothing was done.
    func finish(_ begun: DeliveryJournal) async throws(Failure) {
        let steps = begun.steps ?? []
        let project = try files(of: begun.project)
        if let stale = try stale(steps, project).first {
            try end(begun)
            throw Failure(
                .denied,
                "'\(stale.path.text.shown)' was changed while the run was applied. Nothing was changed; try again."
            )
        }
        if let commit = begun.commit, try await !record(commit, in: begun.project) {
            try end(begun)
            throw Failure(
                .denied,
                "The branch was moved while the run was applied. Nothing was changed; try again."
            )
        }
        if begun.commit != nil { fault("apply.committed") }
        do throws(FileFault) {
            try carryOut(steps, begun.preparation, project)
            let result = sluice_sync_files(project.root.raw)
            guard result == 0 else { throw .system(-result) }
        } catch {
            throw Failure(error, begun.project, "written")
        }
        fault("apply.written")
        if let commit = begun.commit {
            try await stage(commit, in: begun.project)
            fault("apply.staged")
        }
        try end(begun)
        fault("apply.ended")
    }

    private func files(of project: String) throws(Failure) -> ProjectFiles {
        do throws(FileFault) { return try ProjectFiles(project) } catch { throw Failure(error, project, "read") }
    }

    private func stale(_ steps: [DeliveryJournal.Step], _ project: ProjectFiles) throws(Failure)
        -> [DeliveryJournal.Step]
    {
        var stale: [DeliveryJournal.Step] = []
        for step in steps where try !isAsExpected(step, project) { stale.append(step) }
        return stale
    }

    private func end(_ begun: DeliveryJournal) throws(Failure) {
        try Disk.remove("\(begun.project)/\(begun.preparation)")
        fault("apply.cleared")
        try Disk.remove(journal)
    }

    /// Whether a path is what it was when the delivery was worked out, or is what it is to be already.
    private func isAsExpected(_ step: DeliveryJournal.Step, _ project: ProjectFiles) throws(Failure) -> Bool {
        do throws(FileFault) {
            switch try project.finding(at: step.path) {
            case .nothing, .below: return step.old == nil || step.new == nil
            case .file(let state): return state == step.old || state == step.new
            // Where a file is put in place of a directory, or was removed for one.
            case .directory: return step.old == nil || step.new == nil
            case .other, .link: return false
            }
        } catch {
            throw Failure(error, step.path.text, "read")
        }
    }

    // MARK: - Files

    private func carryOut(_ steps: [DeliveryJournal.Step], _ preparation: String, _ project: ProjectFiles)
        throws(FileFault)
    {
        for step in steps where step.new == nil {
            try remove(step.path, from: project)
            fault("apply.removed")
        }
        for step in steps where step.new == nil { project.removeEmptied(above: step.path) }
        let prepared = try? project.root.directory(preparation)
        for step in steps {
            guard let name = step.prepared, let prepared, try prepared.status(of: name) != nil else { continue }
            let parent = try project.parent(of: step.path, making: true)
            if try parent.status(of: step.path.lastName)?.isDirectory == true {
                guard unlinkat(parent.raw, step.path.lastName, AT_REMOVEDIR) == 0 else { throw .last }
            }
            guard renameat(prepared.raw, name, parent.raw, step.path.lastName) == 0 else { throw .last }
            fault("apply.moved")
        }
    }

    /// Where a directory has come in place of the file, or a file in place of its directory, it is gone already.
    private func remove(_ path: [UInt8], from project: ProjectFiles) throws(FileFault) {
        guard case .file = try project.finding(at: path) else { return }
        let parent = try project.parent(of: path)
        guard unlinkat(parent.raw, path.lastName, 0) == 0 || errno == ENOENT else { throw .last }
    }

    // MARK: - The commit

    /// Moves the current branch to the commit.
    ///
    /// - Returns: `false` when the branch is somewhere else meanwhile.
    private func record(_ commit: DeliveryJournal.Commit, in project: String) async throws(Failure) -> Bool {
        guard let repository = try await UserRepository.find(from: project) else { return false }
        let reached = try await repository.attempt(["merge-base", "--is-ancestor", commit.new, "HEAD"])
        if reached.status == 0 { return true }
        let words = ["update-ref", "-m", "sluice apply \(files.run)", "HEAD", commit.new, commit.old]
        return try await repository.attempt(words, environment: GitPersons.engine).status == 0
    }

    /// Has the index say of the paths what the commit does.
    private func stage(_ commit: DeliveryJournal.Commit, in project: String) async throws(Failure) {
        guard let repository = try await UserRepository.find(from: project) else { return }
        let words = ["update-index", "-z", "--index-info"]
        let environment = try await GitCommand.withoutFilters(in: repository.top)
        let staged = try await repository.attempt(words, environment: environment, input: commit.index)
        guard staged.status == 0 else { throw PrivateRepository.failure(words, staged) }
    }
}
