public import PipelineKit
import WorkspaceKit

/// Commits what was changed.
///
/// The commit is put together from objects: nothing that the repository configures runs, nothing is signed, and what is
/// staged of other files stays staged.
public struct GitCommitTool: Tool {
    public static let id: ModuleID = "git_commit"
    public static let summary =
        "Commits changed, new and deleted files of the workspace: all of them, or those below given paths."
    public static let example: JSONValue = ["message": "Greet politely"]
    public static let reach: Set<Reach> = [.reads, .writes, .runs]

    public struct Settings: Fields {
        @Field("Whether the project's hooks pre-commit and commit-msg run before, as commands do.") var hooks = false
        @Field("Whose commits these are, such as 'Ada <ada@example.org>'; whom git knows by default, else Sluice.")
        var author: String? = nil
        public init() {}
    }

    public struct Arguments: Fields {
        @Field("The message: a short first line, then an empty one and the rest if there is more to say.")
        var message: String
        @Field("Files and directories to commit, relative to the workspace; everything that changed by default.")
        var paths: [String] = []
        public init() {}
    }

    private let hooks: Bool
    private let persons: [String: String]?

    public init(settings: Settings) throws(Failure) {
        hooks = settings.hooks
        persons = try settings.author.map(Self.persons)
    }

    public func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope {
        CallScope(hooks ? Self.reach : [.reads, .writes])
    }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let message = try Self.message(arguments.message)
        let paths = try arguments.paths.map { path throws(Failure) in try ConfinedDirectory.folded(path) }
        let view = try await GitView(context.workspace)
        let known = try await GitPersons.known(in: context.workspace.path)
        let persons = persons ?? known ?? GitPersons.engine
        let repository = try await GitRepository(context.workspace, persons: persons)
        try await repository.expectOwn(view.top)
        try await repository.expectNothingUnderWay()
        let changes = try await CommitChanges(view, paths)
        let draft = try CommitDraft(view, in: context.workspace)
        defer { draft.remove() }
        let tree = try await draft.tree(of: changes)
        let final = hooks ? try await CommitHooks(draft, context).run(message) : message
        let commit = try await draft.commit(tree, message: final, by: persons)
        try await draft.stage(changes)
        let subject = final.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        try await repository.moveHead(from: view.head, to: commit, because: subject)
        let branch = try await repository.branch().map { "to '\($0)'" } ?? "to no branch, as none is checked out"
        let report = try await CommitReport(of: commit, in: view)
        return ToolOutput("Committed \(report.id) \(branch): \(subject)\n\(report.text)\(changes.leftOut)")
    }

    private static func message(_ text: String) throws(Failure) -> String {
        let message = text.trimmed
        guard !message.isEmpty, !message.utf8.contains(0) else {
            let words = message.isEmpty ? "is empty" : "holds a NUL character"
            throw Failure(.invalidInput, "Field 'message' must say what was done, but \(words).")
        }
        return message
    }

    private static func persons(_ text: String) throws(Failure) -> [String: String] {
        let parts = text.split(separator: "<", omittingEmptySubsequences: false)
        let name = parts[0].trimmed
        let address = parts.count == 2 ? parts[1].trimmed : ""
        guard !name.isEmpty, address.count > 1, address.hasSuffix(">"), address.dropLast().allSatisfy({ $0 != ">" }),
            !text.contains(where: \.isNewline)
        else {
            throw Failure(.invalidInput, "Field 'author' must be such as 'Ada <ada@example.org>', but is '\(text)'.")
        }
        return GitPersons.both(name, String(address.dropLast()))
    }
}
