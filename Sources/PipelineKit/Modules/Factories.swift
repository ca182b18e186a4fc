/// A tool nobody has configured yet.
public struct ToolFactory: Sendable {
    public let id: ModuleID
    public let aliases: [ModuleID]
    /// All names the tool answers to; its own comes first.
    public let names: [String]
    public private(set) var summary: String
    public let reach: Set<Reach>
    /// Arguments of a call, for people.
    public let example: JSONValue
    /// Settings that the tool cannot be used without.
    public let exampleSettings: JSONValue
    private let describeSettings: Once<[FieldSchema]>
    private let describeArguments: Once<[FieldSchema]>
    private var specify: Once<ToolSpecification>
    /// Checks the settings, all of them, and touches nothing else.
    public let make: @Sendable (JSONValue) throws(FieldProblems) -> ConfiguredTool

    init<T: Tool>(_ tool: T.Type) {
        id = T.id
        aliases = T.aliases
        names = ([T.id] + T.aliases).map(\.value)
        summary = T.summary
        reach = T.reach
        example = T.example
        exampleSettings = T.exampleSettings
        describeSettings = Once { T.Settings.fields }
        describeArguments = Once { T.Arguments.fields }
        specify = Once {
            ToolSpecification(name: T.id.value, summary: T.summary, arguments: T.Arguments.schema.jsonSchema)
        }
        make = { (json: JSONValue) throws(FieldProblems) in
            ConfiguredTool(try configured(T.Settings(json: json), T.init(settings:)))
        }
    }

    /// - Parameter make: Checks the settings, all of them, and touches nothing else.
    init(
        id: ModuleID,
        summary: String,
        reach: Set<Reach>,
        arguments: [FieldSchema],
        specification: ToolSpecification,
        make: @escaping @Sendable (JSONValue) throws(FieldProblems) -> ConfiguredTool
    ) {
        self.id = id
        aliases = []
        names = [id.value]
        self.summary = summary
        self.reach = reach
        (example, exampleSettings) = ([:], [:])
        describeSettings = Once { [] }
        describeArguments = Once { arguments }
        specify = Once { specification }
        self.make = make
    }

    // Described when asked for, once: no command needs all of them.
    public var settings: [FieldSchema] { describeSettings() }
    public var arguments: [FieldSchema] { describeArguments() }

    /// The tool as a model is told of it.
    public var specification: ToolSpecification { specify() }

    /// The same tool, of which models are told in other words.
    ///
    /// - Parameter arguments: JSON Schema of the arguments; what a call takes stays as it is.
    public func described(as summary: String, arguments: JSONValue) -> ToolFactory {
        var tool = self
        tool.summary = summary
        tool.specify = Once { [name = id.value] in
            ToolSpecification(name: name, summary: summary, arguments: arguments)
        }
        return tool
    }
}

/// A tool with its settings, its argument type erased.
public struct ConfiguredTool: Sendable {
    /// Carries out a call whose arguments have not been checked yet.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` naming every argument that is wrong.
    public let call: @Sendable (JSONValue, ToolContext) async throws(Failure) -> ToolOutput
    /// What a call with these arguments may touch.
    ///
    /// - Throws: all that is wrong with the arguments.
    public let scope: @Sendable (JSONValue, Workspace) throws(FieldProblems) -> CallScope

    init<T: Tool>(_ tool: T) {
        call = { (json: JSONValue, context: ToolContext) async throws(Failure) in
            let arguments: T.Arguments
            do throws(FieldProblems) { arguments = try T.Arguments(json: json) } catch { throw error.failure }
            return try await tool.call(arguments, in: context)
        }
        scope = { (json: JSONValue, workspace: Workspace) throws(FieldProblems) in
            var scope = tool.scope(of: try T.Arguments(json: json), in: workspace)
            scope.reach.formIntersection(T.reach)
            return scope
        }
    }
}

/// A gate nobody has configured yet.
public struct GateFactory: Sendable {
    public let id: ModuleID
    public let aliases: [ModuleID]
    public let summary: String
    /// Settings, for people.
    public let example: JSONValue
    public let protection: EditPolicy
    public let measures: Bool
    public let asksModels: Bool
    private let describeSettings: Once<[FieldSchema]>
    /// Checks the settings, all of them, and touches nothing else.
    public let make: @Sendable (JSONValue) throws(FieldProblems) -> any Gate

    init<G: Gate>(_ gate: G.Type) {
        id = G.id
        aliases = G.aliases
        summary = G.summary
        example = G.example
        protection = G.protection
        measures = G.measures
        asksModels = G.asksModels
        describeSettings = Once { G.Settings.fields }
        make = { (json: JSONValue) throws(FieldProblems) in try configured(G.Settings(json: json), G.init(settings:)) }
    }

    /// - Parameter make: The gate with settings in which nothing is wrong and nothing is left out.
    init(
        id: ModuleID,
        summary: String,
        protection: EditPolicy,
        settings: [FieldSchema],
        make: @escaping @Sendable ([String: JSONValue]) -> any Gate
    ) {
        self.id = id
        aliases = []
        self.summary = summary
        example = [:]
        self.protection = protection
        measures = false
        asksModels = false
        describeSettings = Once { settings }
        self.make = { (json: JSONValue) throws(FieldProblems) in make(try settings.read(json)) }
    }

    public var settings: [FieldSchema] { describeSettings() }
}

/// A provider nobody has configured yet.
public struct ProviderFactory: Sendable {
    public let id: ModuleID
    public let summary: String
    /// A model as it is named after the provider.
    public let example: String
    private let describeSettings: Once<[FieldSchema]>
    /// Checks the settings, all of them, and touches nothing else.
    public let make: @Sendable (JSONValue) throws(FieldProblems) -> any Provider

    init<P: Provider>(_ provider: P.Type) {
        id = P.id
        summary = P.summary
        example = P.example
        describeSettings = Once { P.Settings.fields }
        make = { (json: JSONValue) throws(FieldProblems) in try configured(P.Settings(json: json), P.init(settings:)) }
    }

    public var settings: [FieldSchema] { describeSettings() }
}

/// A module whose initialiser refuses its settings says so at the field its sentence begins with, `Field 'timeout' ...`,
/// or at the settings as a whole.
private func configured<Settings, Module>(
    _ settings: Settings,
    _ make: (Settings) throws(Failure) -> Module
) throws(FieldProblems) -> Module {
    do throws(Failure) {
        return try make(settings)
    } catch {
        let words = error.message.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        let named = words.count == 3 && words[0] == "Field " ? [FieldPath.Part.key(String(words[1]))] : []
        throw FieldProblems([FieldProblem(FieldPath(named), error.message)])
    }
}
