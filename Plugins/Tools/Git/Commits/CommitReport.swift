import PipelineKit

/// What a commit holds, in words.
struct CommitReport {
    /// As short as git writes it.
    let id: String
    let text: String

    init(of commit: String, in view: GitView) async throws(Failure) {
        id = String(decoding: try await view.bytes(of: ["rev-parse", "--short", commit]), as: UTF8.self).trimmed
        let words = ["--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--no-renames"]
        let told = try await view.bytes(
            of: ["diff-tree", "-r", "-z", "--root", "--no-commit-id", "--numstat"] + words + [commit],
            in: view.top
        )
        let files = told.split(separator: 0).map(CommittedFile.init)
        let counts = [
            files.count.counted("file"),
            "+\(files.map(\.added).reduce(0, +)) -\(files.map(\.removed).reduce(0, +)) lines",
        ]
        let lines = files.prefix(GitLimits.names).map { "\n  \($0.words)" }.joined()
        let rest = files.count > GitLimits.names ? "\n  and \(files.count - GitLimits.names) more" : ""
        text = counts.joined(separator: ", ") + lines + rest
    }
}

/// A line of `git diff-tree --numstat -z`: `12<tab>3<tab>path`, with `-` for the numbers of a binary file.
private struct CommittedFile {
    let added: Int
    let removed: Int
    let words: String

    init(_ line: ArraySlice<UInt8>) {
        let parts = String(decoding: line, as: UTF8.self).split(separator: "\t", maxSplits: 2).map(String.init)
        added = Int(parts[0]) ?? 0
        removed = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        words = "\(parts.last ?? "") \(parts[0] == "-" ? "binary" : "+\(added) -\(removed)")"
    }
}
