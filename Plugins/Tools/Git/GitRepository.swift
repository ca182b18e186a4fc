import FoundationEssentials
import PipelineKit
import ProcessKit
import WorkspaceKit

/// The repository of a workspace itself, with what it configures, for calls that move a branch.
///
/// No hook, no filter and no file system monitor runs, submodules are left alone, and nothing is signed or fetched.
struct GitRepository {
    private let workspace: String
    private let environment: [String: String]

    /// - Parameter persons: Whoever moves a branch is named in its log.
    init(_ workspace: Workspace, persons: [String: String] = GitPersons.engine) async throws(Failure) {
        self.workspace = workspace.path
        environment = try await GitCommand.withoutFilters(in: workspace.path).merging(persons) { $1 }
    }

    /// Refuses a repository that does not know of this workspace: a `.git` that a command left here may name any, also
    /// one that is none of the run's business.
    ///
    /// - Parameter top: Absolute path of the work tree's top.
    /// - Throws: ``Failure/Kind/denied`` unless it lies below the top, or has it as a worktree or as a submodule's place;
    ///   gitrepository-layout(5).
    func expectOwn(_ top: String) async throws(Failure) {
        let words = ["rev-parse", "--path-format=absolute", "--absolute-git-dir", "--git-common-dir"]
        let places = try await git(words).split(separator: "\n").map(String.init)
        guard let directory = places.first, let common = places.last else { return }
        if directory == common, directory.hasPrefix(top + "/") { return }
        let back = (try? Data(contentsOf: URL(fileURLWithPath: "\(directory)/gitdir"))) ?? Data()
        if String(decoding: back, as: UTF8.self).trimmed == "\(top)/.git" { return }
        let place = try await attempt(["config", "--file", "\(directory)/config", "--get", "core.worktree"]).output.text
        let named = URL(fileURLWithPath: place.trimmed, relativeTo: URL(fileURLWithPath: directory + "/"))
        if directory == common, !place.isEmpty, named.standardizedFileURL.path == top { return }
        throw Failure(
            .denied,
            "The workspace's repository is kept at '\(directory)', which knows of no working tree at '\(top)'. "
                + "What is to be done there is for a person to do."
        )
    }

    func attempt(_ words: [String]) async throws(Failure) -> Finished {
        let settings = ["submodule.recurse=false", "diff.ignoreSubmodules=dirty", "log.showSignature=false"]
        let call = settings.flatMap { ["-c", $0] } + words
        return try await run(GitCommand.make(call, in: workspace, environment: environment))
    }

    /// What git says, without the line break at its end.
    func git(_ words: [String]) async throws(Failure) -> String {
        let finished = try await attempt(words)
        guard finished.status == 0 else { throw GitView.failure(words, finished) }
        return finished.output.text.trimmed
    }

    /// The branch that is checked out, by its short name; `nil` when none is.
    func branch() async throws(Failure) -> String? {
        let asked = try await attempt(["symbolic-ref", "--quiet", "--short", "HEAD"])
        return asked.status == 0 ? asked.output.text.trimmed : nil
    }

    /// Moves the branch that is checked out, or HEAD itself, unless somebody else has moved it meanwhile.
    func moveHead(from old: String?, to commit: String, because subject: String) async throws(Failure) {
        let log = "commit\(old == nil ? " (initial)" : ""): \(subject)"
        let none = String(repeating: "0", count: commit.count)
        _ = try await git(["update-ref", "-m", log, "HEAD", commit, old ?? none])
    }

    /// Refuses to go on in the middle of something that git would end by itself.
    ///
    /// - Throws: ``Failure/Kind/denied`` during a merge, a rebase, a cherry-pick or a revert.
    func expectNothingUnderWay() async throws(Failure) {
        let files = ["MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD"]
        let words = ["rev-parse", "--path-format=absolute"] + files.flatMap { ["--git-path", $0] }
        let paths = try await git(words).split(separator: "\n").map(String.init)
        guard
            let found = zip(paths, ["merge", "rebase", "rebase", "cherry-pick", "revert"]).first(where: {
                FileManager.default.fileExists(atPath: $0.0)
            })
        else { return }
        throw Failure(.denied, "A \(found.1) is under way in this repository; it has to be finished or aborted first.")
    }
}
