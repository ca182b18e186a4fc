/// A tool that data describes: a declaration in a pipeline, or what a server says of itself.
public struct DeclaredTool: Sendable {
    public var id: ModuleID
    /// One sentence; the model reads it when it chooses a tool.
    public var summary: String
    /// What a call may touch at most.
    public var reach: Set<Reach>
    /// What is known of its arguments, for people and policies.
    public var arguments: [FieldSchema]
    /// The arguments as a model is told of them: a JSON Schema of an object.
    public var schema: JSONValue
    /// Whether ``arguments`` are checked, and their defaults filled in, before a call; `false` when whoever gave the schema
    /// checks them.
    private let isChecked: Bool
    /// What is wrong with arguments beyond their types.
    public var problems: @Sendable (JSONValue) -> [FieldProblem] = { _ in [] }
    /// What a call may touch, as its arguments tell beforehand; ``reach`` when `nil`.
    public var scope: (@Sendable (JSONValue, Workspace) -> CallScope)?
    /// Carries out a call with arguments in which nothing is wrong, and of those that are declared nothing left out.
    public var call: @Sendable (JSONValue, ToolContext) async throws(Failure) -> ToolOutput

    /// - Parameters:
    ///   - arguments: What it takes.
    ///   - schema: The arguments in the words of whoever offers the tool; made from `arguments` when `nil`.
    public init(
        _ id: ModuleID,
        _ summary: String,
        reach: Set<Reach>,
        arguments: [FieldSchema] = [],
        schema: JSONValue? = nil,
        call: @escaping @Sendable (JSONValue, ToolContext) async throws(Failure) -> ToolOutput
    ) {
        self.id = id
        self.summary = summary
        self.reach = reach
        self.arguments = arguments
        isChecked = schema == nil
        self.schema = schema ?? ValueSchema.group(arguments).jsonSchema
        self.call = call
    }

    /// The arguments as a call gets them.
    fileprivate func checked(_ json: JSONValue) throws(FieldProblems) -> JSONValue {
        let whole = isChecked ? JSONValue.object(try arguments.read(json)) : json
        let problems = problems(whole)
        guard problems.isEmpty else { throw FieldProblems(problems) }
        return whole
    }
}

extension ToolFactory {
    /// A tool that has no settings, as all that can be set of it stands where it is declared.
    public init(_ tool: DeclaredTool) {
        self.init(
            id: tool.id,
            summary: tool.summary,
            reach: tool.reach,
            arguments: tool.arguments,
            specification: ToolSpecification(name: tool.id.value, summary: tool.summary, arguments: tool.schema)
        ) { (json: JSONValue) throws(FieldProblems) in
            _ = try NoFields(json: json)
            return ConfiguredTool(tool)
        }
    }
}

extension ConfiguredTool {
    fileprivate init(_ tool: DeclaredTool) {
        call = { (json: JSONValue, context: ToolContext) async throws(Failure) in
            let arguments: JSONValue
            do throws(FieldProblems) { arguments = try tool.checked(json) } catch { throw error.failure }
            return try await tool.call(arguments, context)
        }
        scope = { (json: JSONValue, workspace: Workspace) throws(FieldProblems) in
            let arguments = try tool.checked(json)
            var scope = tool.scope?(arguments, workspace) ?? CallScope(tool.reach)
            scope.reach.formIntersection(tool.reach)
            return scope
        }
    }
}
