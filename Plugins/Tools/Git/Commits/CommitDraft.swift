import FoundationEssentials
import PipelineKit
import WorkspaceKit

/// A commit while it is put together, in an index of its own: the last commit, and what is to be committed over it.
struct CommitDraft {
    private let view: GitView
    /// Absolute path of a directory for the index and the message.
    private let directory: String
    /// The same as commands in the workspace see it.
    let seen: String

    init(_ view: GitView, in workspace: Workspace) throws(Failure) {
        self.view = view
        let name = "sluice-commit-\(UUID())"
        let shared = workspace.confinement?.temporary
        directory = "\(shared ?? FileManager.default.temporaryDirectory.path)/\(name)"
        seen = shared == nil ? directory : "/tmp/\(name)"
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw Failure(.unavailable, "A directory for the commit could not be made: \(error.systemWords).")
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    /// Writes a file that hooks find at ``seen``.
    func write(_ text: String, to name: String) throws(Failure) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
        } catch {
            throw Failure(.unavailable, "The message could not be written: \(error.systemWords).")
        }
    }

    func text(of name: String) -> String {
        (try? Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)"))).map {
            String(decoding: $0, as: UTF8.self)
        }
            ?? ""
    }

    private var index: String { "\(directory)/index" }

    /// The tree that the commit is to have.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` when it is that of the last commit.
    func tree(of changes: CommitChanges) async throws(Failure) -> String {
        try await git(["read-tree", view.head ?? "--empty"])
        try await add(changes, to: index)
        let tree = try await git(["write-tree"])
        guard let head = view.head, tree == (try await git(["rev-parse", "\(head)^{tree}"])) else { return tree }
        throw Failure(.invalidInput, "There is nothing to commit: all is as in the last commit.")
    }

    /// - Returns: the commit's name; no branch has it yet.
    func commit(_ tree: String, message: String, by persons: [String: String]) async throws(Failure) -> String {
        let parents = view.head.map { ["-p", $0] } ?? []
        return try await git(
            ["commit-tree", tree] + parents + ["-F", "-"],
            persons,
            input: Array((message + "\n").utf8)
        )
    }

    /// Brings the repository's own index to what is committed, and leaves the rest of it as it is.
    func stage(_ changes: CommitChanges) async throws(Failure) { try await add(changes, to: view.index) }

    /// Removals first: a directory may come in place of a file.
    private func add(_ changes: CommitChanges, to index: String) async throws(Failure) {
        let words = [(["--force-remove"], changes.removed), (["--add", "--replace"], changes.present)]
        for (options, paths) in words where !paths.isEmpty {
            _ = try await view.bytes(
                of: ["update-index"] + options + ["-z", "--stdin"],
                in: view.top,
                environment: ["GIT_INDEX_FILE": index],
                input: CommitChanges.list(paths)
            )
        }
    }

    @discardableResult
    private func git(_ words: [String], _ extra: [String: String] = [:], input: [UInt8] = []) async throws(Failure)
        -> String
    {
        let environment = extra.merging(["GIT_INDEX_FILE": index]) { $1 }
        let output = try await view.bytes(of: words, in: view.top, environment: environment, input: input)
        return String(decoding: output, as: UTF8.self).trimmed
    }
}
