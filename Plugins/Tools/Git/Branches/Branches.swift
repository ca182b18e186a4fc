import PipelineKit
import ProcessKit

/// The branches of a repository.
struct Branches {
    private let repository: GitRepository
    private let view: GitView

    init(_ repository: GitRepository, _ view: GitView) {
        self.repository = repository
        self.view = view
    }

    /// `* main 1a2b3c4 2026-11-22 Fix it [origin/main: ahead 1]`, the one with the latest commit first.
    func list() async throws(Failure) -> String {
        let upstream =
            "%(if)%(upstream)%(then) [%(upstream:short)%(if)%(upstream:track)%(then): "
            + "%(upstream:track,nobracket)%(end)]%(end)"
        let format =
            "%(HEAD) %(refname:short) %(objectname:short) %(committerdate:short) %(contents:subject)\(upstream)"
        let words = ["for-each-ref", "--sort=-committerdate", "--count=\(GitLimits.names + 1)", "--format=\(format)"]
        let found = try await repository.attempt(words + ["refs/heads/"])
        guard found.status == 0 else { throw GitView.failure(words, found) }
        let lines = found.output.text.split(separator: "\n")
        let current = try await repository.branch()
        let above: String? =
            switch (current, view.head) {
            case (let branch?, nil): "The branch '\(branch)' has no commit yet."
            case (nil, let head?): "No branch is checked out, but the commit \(head.prefix(10))."
            default: nil
            }
        let rest = lines.count > GitLimits.names ? ["There are more; these have the latest commits."] : []
        let shown = (above.map { [$0] } ?? []) + lines.prefix(GitLimits.names).map(String.init) + rest
        return shown.isEmpty ? "There is no branch." : shown.joined(separator: "\n")
    }

    func create(_ name: String, at start: String?) async throws(Failure) -> String {
        try await check(name)
        let commit = try await self.commit(start)
        try await attempt(["branch", "--no-track", name, commit], "The branch '\(name)' cannot be made")
        return "Made the branch '\(name)' at \(commit.prefix(10)). It is not checked out."
    }

    func `switch`(to name: String) async throws(Failure) -> String {
        try await expect(name)
        try await repository.expectNothingUnderWay()
        let words = ["switch", "--quiet", "--no-guess", "--no-recurse-submodules", name]
        try await attempt(words, "The branch '\(name)' cannot be checked out")
        return "Switched to '\(name)'."
    }

    func delete(_ name: String) async throws(Failure) -> String {
        try await expect(name)
        let commit = try await self.commit("refs/heads/\(name)")
        try await attempt(["branch", "--quiet", "-d", name], "The branch '\(name)' cannot be deleted")
        return "Deleted the branch '\(name)', which was at \(commit.prefix(10))."
    }

    /// - Throws: ``Failure/Kind/invalidInput`` when no branch can have the name; git-check-ref-format(1).
    private func check(_ name: String) async throws(Failure) {
        let asked = try? await repository.attempt(["check-ref-format", "--branch", name])
        // What git makes of `@{-1}` is another name than was given.
        guard let asked, asked.status == 0, asked.output.text == name + "\n" else {
            throw Failure(.invalidInput, "'\(name)' cannot be the name of a branch.")
        }
    }

    /// - Throws: ``Failure/Kind/invalidInput`` when there is no such branch, with the nearest name.
    private func expect(_ name: String) async throws(Failure) {
        try await check(name)
        guard try await repository.attempt(["show-ref", "--verify", "--quiet", "refs/heads/\(name)"]).status != 0 else {
            return
        }
        let names = try await repository.git(["for-each-ref", "--format=%(refname:short)", "refs/heads/"])
        let near = Suggestion.sentence(for: name, among: names.split(separator: "\n").map(String.init))
        throw Failure(.invalidInput, "There is no branch '\(name)'.\(near)")
    }

    /// - Parameter text: A branch or commit; the current commit by default.
    private func commit(_ text: String?) async throws(Failure) -> String {
        let words = ["rev-parse", "--verify", "--quiet", "--end-of-options", "\(text ?? "HEAD")^{commit}"]
        let asked = try? await repository.attempt(words)
        if let asked, asked.status == 0 { return asked.output.text.trimmed }
        guard let text else {
            throw Failure(.invalidInput, "There is no commit yet, so there is none that a branch could begin at.")
        }
        throw Failure(.invalidInput, "There is no commit or branch '\(text)'.")
    }

    /// - Throws: ``Failure/Kind/denied`` with git's reason.
    private func attempt(_ words: [String], _ sentence: String) async throws(Failure) {
        let finished = try await repository.attempt(words)
        guard finished.status != 0 else { return }
        throw Failure(.denied, "\(sentence): \(finished.errors.text.trimmed)")
    }
}
