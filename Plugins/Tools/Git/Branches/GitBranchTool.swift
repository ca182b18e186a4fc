public import PipelineKit
import WorkspaceKit

/// Lists, makes, switches and deletes branches.
public struct GitBranchTool: Tool {
    public static let id: ModuleID = "git_branch"
    public static let summary =
        "Lists the branches of the repository, makes one, switches to one, or deletes one that is merged."
    public static let reach: Set<Reach> = [.reads, .writes]

    public enum Action: String, Choice {
        case list
        case create
        case `switch`
        case delete
    }

    public struct Arguments: Fields {
        @Field("What to do; create does not switch to the new branch.") var action: Action = .list
        @Field("The branch to create, to switch to or to delete.") var name: String? = nil
        @Field("The commit or branch that a new branch begins at; the current commit by default.")
        var start: String? = nil
        public init() {}

        public func check(_ reader: inout FieldReader) {
            if action != .list, name == nil {
                reader.problem("Missing field 'name': the branch to \(action.rawValue).")
            }
            if action == .list, name != nil { reader.problem(inValueOf: "name", "is not taken by 'list'.") }
            if action != .create, start != nil { reader.problem(inValueOf: "start", "is taken by 'create' only.") }
        }
    }

    public init(settings: NoFields) throws(Failure) {}

    public func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope {
        CallScope(arguments.action == .list ? [.reads] : Self.reach)
    }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let view = try await GitView(context.workspace)
        let repository = try await GitRepository(context.workspace)
        let branches = Branches(repository, view)
        guard let name = arguments.name, arguments.action != .list else {
            return ToolOutput(try await branches.list())
        }
        try await repository.expectOwn(view.top)
        switch arguments.action {
        case .list: return ToolOutput(try await branches.list())
        case .create: return ToolOutput(try await branches.create(name, at: arguments.start))
        case .switch:
            guard context.workspace.path == view.top else {
                throw Failure(
                    .denied,
                    "The workspace is a part of its repository, and files outside of it would change with the branch."
                )
            }
            return ToolOutput(try await branches.switch(to: name))
        case .delete: return ToolOutput(try await branches.delete(name))
        }
    }
}
