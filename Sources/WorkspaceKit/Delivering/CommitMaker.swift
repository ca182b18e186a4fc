import FoundationEssentials
import PipelineKit
import ProcessKit

/// Makes a commit of what a run changed, on top of the current one; no branch has it yet.
///
/// It is put together from objects, in an index of its own: no hook and no filter of the repository runs, and what is
/// staged or changed in the working tree has no part in it.
struct CommitMaker: Sendable {
    let files: RunFiles
    let repository: UserRepository
    let merger: Merger
    /// Of the project below the top of the repository, with a `/` at its end; empty for the top.
    let prefix: String

    /// What a commit is made of.
    struct Head: Sendable {
        var commit: String
        /// By path from the project.
        var entries: [[UInt8]: (mode: String, object: String)]
    }

    /// - Throws: ``Failure/Kind/invalidInput`` without a commit, and in the middle of a merge or a rebase.
    func head() async throws(Failure) -> Head {
        let asked = try await repository.attempt(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"])
        guard asked.status == 0 else {
            throw Failure(
                .denied,
                "The repository of the project has no commit yet, so there is none to add another to. Apply the run "
                    + "without '--commit' and '--branch'."
            )
        }
        let list = try await repository.git(
            ["ls-tree", "-r", "-z", "--full-tree", "HEAD"] + (prefix.isEmpty ? [] : ["--", String(prefix.dropLast())])
        )
        var entries: [[UInt8]: (mode: String, object: String)] = [:]
        for line in list.split(separator: 0) {
            guard let tab = line.firstIndex(of: 9) else { continue }
            let words = String(decoding: line[..<tab], as: UTF8.self).split(separator: " ").map(String.init)
            let path = Array(line[(tab + 1)...].dropFirst(prefix.utf8.count))
            if words.count == 3 { entries[path] = (words[0], words[2]) }
        }
        return Head(commit: asked.output.text.trimmed, entries: entries)
    }

    func plan(_ changes: [RawChange], on head: Head) async throws(Failure) -> MergePlan {
        var plan = MergePlan()
        for change in changes.filter({ !$0.new.exists }) + changes.filter(\.new.exists) {
            if let reason = obstacle(to: change, in: head, plan.removed) {
                plan.conflicts.append(MergePlan.Conflict(path: change.path, reason: reason))
                continue
            }
            let object = head.entries[change.path]?.object
            let merged = try await merger.step(
                change.path,
                base: FileState(change.old),
                ours: try await state(head.entries[change.path]),
                theirs: FileState(change.new)
            ) { () throws(Failure) in try await repository.git(["cat-file", "blob", object ?? ""]) }
            switch merged {
            case .success(let step): plan.steps += step.map { [$0] } ?? []
            case .failure(let problem):
                plan.conflicts.append(
                    MergePlan.Conflict(path: change.path, reason: "in the last commit, \(problem.reason)")
                )
            }
        }
        return plan
    }

    private func obstacle(to change: RawChange, in head: Head, _ removed: Set<[UInt8]>) -> String? {
        for parent in change.path.parents {
            guard let entry = head.entries[parent], !removed.contains(parent) else { continue }
            if entry.mode == "160000" { return "it is in a submodule, which has commits of its own" }
            if change.new.exists { return "'\(parent.text.shown)' is a file in the last commit" }
        }
        guard change.new.exists, !change.old.exists else { return nil }
        let inside = change.path + [UInt8(ascii: "/")]
        let isFree = head.entries.keys.allSatisfy { !$0.starts(with: inside) || removed.contains($0) }
        return isFree ? nil : "it is a directory in the last commit, with other files in it"
    }

    /// As our snapshots name it: other repositories may have other names for the same bytes.
    private func state(_ entry: (mode: String, object: String)?) async throws(Failure) -> FileState? {
        guard let entry, let mode = UInt32(entry.mode, radix: 8).flatMap(EntryMode.init(rawValue:)) else { return nil }
        if let id = ObjectID(entry.object) { return FileState(mode, id) }
        return FileState(mode, ObjectID(.blob, try await repository.git(["cat-file", "blob", entry.object])))
    }

    /// - Returns: the name of the commit, and the lines that bring an index to it.
    func make(_ steps: [MergePlan.Step], on head: Head, message: String) async throws(Failure) -> (
        commit: String, index: [UInt8]
    ) {
        guard let persons = try await GitPersons.known(in: repository.top) else {
            throw Failure(
                .denied,
                "git does not know whose commit it is. Tell it: git config user.name 'NAME' and git config "
                    + "user.email 'ADDRESS'."
            )
        }
        let lines = try await lines(of: steps, zero: String(repeating: "0", count: head.commit.count))
        let index = "\(files.directory)/commit.index"
        try Disk.remove(index)
        let environment = ["GIT_INDEX_FILE": index]
        _ = try await git(["read-tree", head.commit], environment)
        _ = try await git(["update-index", "-z", "--index-info"], environment, input: lines)
        let tree = try await git(["write-tree"], environment)
        let words = ["commit-tree", String(decoding: tree, as: UTF8.self).trimmed, "-p", head.commit, "-F", "-"]
        let commit = try await git(words, persons, input: Array(message.utf8))
        try Disk.remove(index)
        return (String(decoding: commit, as: UTF8.self).trimmed, lines)
    }

    /// Removals first: a directory may come in place of a file.
    private func lines(of steps: [MergePlan.Step], zero: String) async throws(Failure) -> [UInt8] {
        let place = "\(files.directory)/commit"
        try Disk.remove(place)
        try await Preparation(files: files).write(steps, to: place)
        var lines: [UInt8] = []
        for step in steps where step.new == nil { lines += line("000000", zero, step.path) }
        for (number, step) in steps.enumerated() {
            guard let new = step.new else { continue }
            let file = "\(place)/\(number)"
            let isLink = new.mode == .link
            let words = ["hash-object", "-w", "--no-filters"] + (isLink ? ["--stdin"] : ["--", file])
            let object = try await git(words, [:], input: isLink ? Disk.link(file) : [])
            lines += line(new.mode.digits, String(decoding: object, as: UTF8.self).trimmed, step.path)
        }
        try Disk.remove(place)
        return lines
    }

    private func line(_ mode: String, _ object: String, _ path: [UInt8]) -> [UInt8] {
        Array("\(mode) \(object) 0\t\(prefix)".utf8) + path + [0]
    }

    private func git(_ words: [String], _ environment: [String: String], input: [UInt8] = []) async throws(Failure)
        -> [UInt8]
    {
        let finished = try await repository.attempt(words, environment: environment, input: input)
        guard finished.status == 0 else { throw PrivateRepository.failure(words, finished) }
        return finished.output.bytes
    }
}

extension Disk {
    /// The text of a symbolic link; empty when it is none.
    static func link(_ path: String) -> [UInt8] {
        guard let parent = try? ProjectFiles(path.parent) else { return [] }
        return (try? parent.root.link(path.lastName)) ?? []
    }
}
