import PipelineKit

/// A call of git, and what it may touch.
///
/// git runs programs that its configuration names; that lies where no tool writes, as long as git finds the repository
/// of the workspace itself.
struct GitCall {
    private let call: ProgramCall

    init(_ call: ProgramCall) { self.call = call }

    var reach: Set<Reach> {
        var rest = call.operands[...]
        while ["--no-pager", "-P", "--no-optional-locks"].contains(rest.first?.literal) { rest = rest.dropFirst() }
        guard let name = rest.popFirst()?.literal else { return Reach.anything }
        if ["fetch", "ls-remote"].contains(name) { return [.reads, .writes, .network] }
        if Self.local.contains(name) { return [.reads, .writes, .runs] }
        guard call.place.isRepository, !call.moves, Self.options.allow(Array(rest)), reads(name, Array(rest)) else {
            return Reach.anything
        }
        return [.reads]
    }

    private func reads(_ name: String, _ rest: [Operand]) -> Bool {
        if Self.reading.contains(name) { return true }
        guard let forms = Self.forms[name] else { return false }
        let words = rest.map { $0.literal }
        guard !words.contains(nil) else { return false }
        if words.isEmpty { return forms.contains("") }
        guard let first = words[0], forms.contains(first) else { return false }
        return first.hasPrefix("-") ? words.allSatisfy { $0.map(forms.contains) ?? false } : true
    }

    /// Subcommands that only read, whatever they are given but ``options``.
    private static let reading: Set<String> = [
        "status", "log", "diff", "show", "blame", "annotate", "ls-files", "ls-tree", "cat-file", "rev-parse",
        "rev-list",
        "describe", "shortlog", "grep", "merge-base", "name-rev", "diff-tree", "diff-index", "diff-files",
        "for-each-ref", "show-ref", "count-objects", "check-ignore", "check-attr", "whatchanged", "range-diff",
        "cherry", "version",
    ]

    /// Subcommands that only read in these forms: the first word, and all of them where it is an option.
    private static let forms: [String: Set<String>] = [
        "branch": ["", "-a", "-r", "-v", "-vv", "--all", "--remotes", "--verbose", "--show-current"],
        "tag": ["", "-n"],
        "remote": ["", "-v", "--verbose"],
        "stash": ["list"],
        "worktree": ["list"],
    ]

    /// Subcommands that change the repository here, and may run its hooks and filters.
    private static let local: Set<String> = [
        "add", "commit", "checkout", "switch", "restore", "reset", "rm", "mv", "merge", "rebase", "cherry-pick",
        "revert", "apply", "am", "clean", "init", "gc", "notes",
    ]

    private static let options = OptionGuard(
        letters: "O",
        long: [
            "ext-diff", "textconv", "filters", "output", "output-directory", "open-files-in-pager", "no-index",
            "upload-pack", "exec", "contents", "paginate", "show-signature",
        ],
        isStrict: true
    )
}
