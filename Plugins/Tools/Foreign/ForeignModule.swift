import PipelineKit

/// The tools of one library.
struct ForeignModule: Sendable {
    /// What a library says of itself.
    private struct Description: Fields {
        @Field("What it holds.") var tools: [Tool]
        init() {}
    }

    private struct Tool: Fields {
        @Field("The name of the tool.") var name: String
        @Field("One sentence about what it does.") var summary: String
        @Field("What it is given.") var arguments: [String: ArgumentDeclaration] = [:]
        @Field("What calls may touch.") var reach: [Reach]? = nil
        init() {}
    }

    private struct Reply: Fields {
        @Field("What the model reads.") var text: String
        @Field("Whether it should read it as a mistake.") var isError: Bool = false
        init() {}
    }

    private let declaration: ModuleDeclaration
    private let path: String?
    private let helper: HelperProcess
    /// Tools of one library, at most.
    private static let most = 500

    init(_ declaration: ModuleDeclaration, path: String?, host: [String]) {
        self.declaration = declaration
        self.path = path
        let first = path.map { [HostRequest.open($0)] } ?? []
        helper = HelperProcess(host: host, files: [path].compactMap(\.self), first: first)
    }

    private var prefix: String { "\(declaration.name)__" }
    private var subject: String { "The library '\(declaration.path)'" }

    var shelf: ToolShelf {
        ToolShelf(prefix: prefix, reach: Set(Reach.allCases), isOptional: declaration.optional) {
            (workspace: Workspace) async throws(Failure) in
            do throws(Failure) { return try await tools(in: workspace) } catch { throw error.about(subject) }
        }
    }

    private func tools(in workspace: Workspace) async throws(Failure) -> [ToolFactory] {
        guard path != nil, let said = try await helper.opened(in: workspace).first else {
            throw Failure(.missing, "is not there.")
        }
        let description: Description
        do throws(FieldProblems) { description = try Description(json: said) } catch {
            throw Failure(.invalidInput, "describes itself wrongly. \(error.failure.message)")
        }
        guard description.tools.count <= Self.most else {
            throw Failure(.invalidInput, "has \(description.tools.count) tools, which are more than \(Self.most).")
        }
        var names: Set<String> = []
        for tool in description.tools {
            guard ModuleID(prefix + tool.name).isUsableByModels, names.insert(tool.name).inserted else {
                throw Failure(.invalidInput, "describes itself wrongly. '\(tool.name)' cannot be the name of a tool.")
            }
        }
        return description.tools.map { ToolFactory(declared($0)) }
    }

    private func declared(_ tool: Tool) -> DeclaredTool {
        DeclaredTool(
            ModuleID(prefix + tool.name),
            tool.summary,
            reach: tool.reach.map(Set.init) ?? Set(Reach.allCases),
            arguments: tool.arguments.fields
        ) { (arguments: JSONValue, context: ToolContext) async throws(Failure) in
            try await call(tool.name, arguments, in: context)
        }
    }

    private func call(_ tool: String, _ arguments: JSONValue, in context: ToolContext) async throws(Failure)
        -> ToolOutput
    {
        do throws(Failure) {
            let request = HostRequest.tool(tool, arguments)
            let said = try await helper.ask(request, in: context.workspace, within: declaration.timeout)
            let reply: Reply
            do throws(FieldProblems) { reply = try Reply(json: said) } catch {
                throw Failure(.unavailable, "answered wrongly. \(error.failure.message)")
            }
            return ToolOutput(reply.text, isError: reply.isError)
        } catch {
            throw error.about(subject)
        }
    }
}
