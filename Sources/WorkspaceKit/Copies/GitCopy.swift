import FoundationEssentials
import PipelineKit
import ProcessKit

/// Makes what was copied of git's files a repository of its own: nothing that is done in the copy reaches the one that
/// was copied.
struct GitCopy: Sendable {
    /// Absolute paths, without links.
    let source: String
    let target: String
    private let state: String

    init(_ source: String, to target: String, state: String) {
        self.source = source
        self.target = target
        self.state = state
    }

    func settle(_ notes: GitNotes) async throws(Failure) {
        for path in notes.worktrees { try await settleWorktrees(path.text) }
        for path in notes.directories { try await settleRepository(path.text) }
        for path in notes.pointers { try await settlePointer(path.text) }
    }

    // MARK: - Worktrees of a repository in the copy

    /// Keeps the entries of those worktrees that were copied too; the others are somebody's, and would be taken for the
    /// copy's.
    private func settleWorktrees(_ path: String) async throws(Failure) {
        for name in Disk.names(in: "\(source)/\(path)") {
            guard let line = Disk.line(of: "\(source)/\(path)/\(name)/gitdir"), let inside = below(source, line) else {
                continue
            }
            try Disk.makeDirectory("\(target)/\(path)")
            _ = try await TreeCopy.make(
                "\(source)/\(path)/\(name)",
                to: "\(target)/\(path)/\(name)",
                leavingOut: state
            )
            try Disk.write(Array("\(target)/\(inside)\n".utf8), to: "\(target)/\(path)/\(name)/gitdir")
        }
    }

    // MARK: - Repositories in the copy

    private func settleRepository(_ path: String) async throws(Failure) {
        for name in ["config", "config.worktree"] {
            try await settleConfiguration("\(path)\(name)", from: "\(source)/\(path)")
        }
        try settleAlternates("\(target)/\(path)objects/info/alternates", from: "\(source)/\(path)objects")
    }

    /// A work tree that is named must be the copy's: git writes there.
    private func settleConfiguration(_ path: String, from directory: String) async throws(Failure) {
        let file = "\(target)/\(path)"
        guard let bytes = Disk.read(file), String(decoding: bytes, as: UTF8.self).lowercased().contains("worktree")
        else { return }
        let asked = try await configuration(["--get", "core.worktree"], of: file)
        guard asked.status == 0 else { return }
        let named = asked.output.text.split(separator: "\n").joined()
        let tree = named.hasPrefix("/") ? named : Disk.realPath("\(directory)/\(named)") ?? named
        if let inside = below(source, tree) {
            guard named.hasPrefix("/") else { return }
            try await set("core.worktree", "\(target)/\(inside)", in: file)
        } else {
            _ = try await configuration(["--unset-all", "core.worktree"], of: file)
        }
    }

    private func set(_ key: String, _ value: String, in file: String) async throws(Failure) {
        let words = ["--replace-all", key, value]
        let finished = try await configuration(words, of: file)
        guard finished.status == 0 else { throw PrivateRepository.failure(["config"], finished) }
    }

    private func configuration(_ words: [String], of file: String) async throws(Failure) -> Finished {
        try await run(GitCommand.make(["config", "--file", file, "--no-includes"] + words, in: target))
    }

    /// Objects that stand elsewhere are only read; their places are taken from where they were named.
    private func settleAlternates(_ file: String, from objects: String) throws(Failure) {
        guard let bytes = Disk.read(file) else { return }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            line.hasPrefix("/") || line.hasPrefix("#")
                ? String(line) : Disk.realPath("\(objects)/\(line)") ?? String(line)
        }
        try Disk.write(Array(lines.joined(separator: "\n").utf8) + [10], to: file)
    }

    // MARK: - A `.git` that only says where the repository is

    private func settlePointer(_ path: String) async throws(Failure) {
        let name = "\(path).git"
        guard let directory = repository(named: "\(source)/\(name)") else {
            // It leads nowhere, and does so in the copy.
            if let bytes = Disk.read("\(source)/\(name)") { try Disk.write(bytes, to: "\(target)/\(name)") }
            return
        }
        if let inside = below(source, directory) {
            return try Disk.write(Array("gitdir: \(target)/\(inside)\n".utf8), to: "\(target)/\(name)")
        }
        try await bring(directory, to: name)
    }

    /// Where a `.git` leads: a file that says so, or a link.
    private func repository(named path: String) -> String? {
        if let real = Disk.realPath(path), Disk.isDirectory(real) { return real }
        guard let line = Disk.line(of: path), line.hasPrefix("gitdir: ") else { return nil }
        let named = String(line.dropFirst(8))
        let found = Disk.realPath(named.hasPrefix("/") ? named : "\(path.parent)/\(named)")
        return found.flatMap { Disk.isDirectory($0) ? $0 : nil }
    }

    /// Copies a repository that stands elsewhere into the copy, as its own.
    private func bring(_ directory: String, to name: String) async throws(Failure) {
        let common = Disk.line(of: "\(directory)/commondir").flatMap {
            Disk.realPath($0.hasPrefix("/") ? $0 : "\(directory)/\($0)")
        }
        let copy = "\(target)/\(name)"
        let notes = try await TreeCopy.make(common ?? directory, to: copy, leavingOut: state, of: .git)
        if common != nil { try await overlay(directory, on: copy) }
        let inner = GitCopy(common ?? directory, to: copy, state: state)
        try await inner.settle(notes)
        for file in ["config", "config.worktree"] where Disk.exists("\(copy)/\(file)") {
            _ = try await configuration(["--unset-all", "core.worktree"], of: "\(copy)/\(file)")
        }
        try await set("core.bare", "false", in: "\(copy)/config")
    }

    /// What a worktree has for itself goes over what it shares: where it is, what is staged, its log.
    private func overlay(_ directory: String, on copy: String) async throws(Failure) {
        let own = "\(copy)/sluice-own"
        _ = try await TreeCopy.make(directory, to: own, leavingOut: state, of: .git)
        for name in Disk.names(in: own) where !["commondir", "gitdir", "locked"].contains(name) {
            try Disk.merge("\(own)/\(name)", into: "\(copy)/\(name)")
        }
        try Disk.remove(own)
    }

    /// The part of a path below a directory, as it may be written in another way.
    private func below(_ directory: String, _ path: some StringProtocol) -> String? {
        let given = String(path)
        let real = Disk.realPath(given) ?? Disk.realPath(given.parent).map { "\($0)/\(given.lastName)" } ?? given
        return real.hasPrefix(directory + "/") ? String(real.dropFirst(directory.count + 1)) : nil
    }
}

extension Disk {
    /// The first line of a small file.
    static func line(of path: String) -> String? {
        read(path).map { String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self) }
    }

    /// Moves a file or a directory's files over those that are there.
    static func merge(_ path: String, into other: String) throws(Failure) {
        guard isDirectory(path), isDirectory(other) else {
            try remove(other)
            return try move(path, to: other)
        }
        for name in names(in: path) { try merge("\(path)/\(name)", into: "\(other)/\(name)") }
    }
}

extension String {
    /// Of a path, what stands before its last name.
    var parent: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "." }
    var lastName: String { lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self }
}
