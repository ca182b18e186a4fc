import PipelineKit
import ProcessKit

/// The project's own programs that look at a commit before it is made; githooks(5).
///
/// They run as all commands in the workspace do, in its sandbox if it has one.
struct CommitHooks {
    private let draft: CommitDraft
    private let context: ToolContext

    init(_ draft: CommitDraft, _ context: ToolContext) {
        self.draft = draft
        self.context = context
    }

    /// - Returns: the message, as the hooks leave it.
    /// - Throws: ``Failure/Kind/denied`` with what a hook said when it refused.
    func run(_ message: String) async throws(Failure) -> String {
        try draft.write(message + "\n", to: "message")
        try await run("pre-commit", [])
        try await run("commit-msg", ["\(draft.seen)/message"])
        return draft.text(of: "message").trimmed
    }

    private func run(_ hook: String, _ arguments: [String]) async throws(Failure) {
        let command = Command(
            "git",
            ["hook", "run", "--ignore-missing", hook] + (arguments.isEmpty ? [] : ["--"] + arguments),
            in: context.workspace,
            environment: ["GIT_INDEX_FILE": "\(draft.seen)/index", "GIT_EDITOR": ":"],
            timeout: .seconds(600),
            limit: OutputLimit(head: 2_000, tail: 6_000),
            output: .merged
        )
        let finished = try await ProcessKit.run(command, progress: context.progress)
        guard finished.status != 0 else { return }
        throw Failure(
            .denied,
            "The hook '\(hook)' refused with \(finished.status), and nothing was committed:\n\(finished.output.text)"
        )
    }
}
