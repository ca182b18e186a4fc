/// Where the tools and gates come from that a pipeline brings along itself: programs it declares, libraries, servers.
///
/// A source is a part of the program, as other modules are; what it reads stands in pipelines, under its key.
public protocol ModuleSource: Sendable {
    /// The key of pipelines that it reads: `commands`.
    var key: String { get }
    /// One sentence about what stands under the key.
    var summary: String { get }
    /// What may stand under the key.
    var schema: ValueSchema { get }
    /// Something that may stand there, for people to see what it is for.
    var example: JSONValue { get }

    /// What a pipeline brings along; no server is started for it, and nothing of a run is there yet.
    ///
    /// - Parameters:
    ///   - json: What stands under the key.
    ///   - project: Absolute path of the directory that relative paths start from; `nil` when it is not known yet, and then
    ///     only the form is checked.
    func modules(of json: JSONValue, in project: String?) -> BroughtModules
}

/// What a source found in one pipeline.
public struct BroughtModules: Sendable {
    public var tools: [Brought<ToolFactory>] = []
    public var gates: [Brought<GateFactory>] = []
    public var shelves: [Brought<ToolShelf>] = []
    /// What is wrong, by paths that begin below the source's key.
    public var problems: [FieldProblem] = []
    /// What is allowed, and probably not meant; by the same paths.
    public var warnings: [FieldProblem] = []

    public init() {}
}

/// One thing that a pipeline brings along, and where it is declared.
public struct Brought<Thing: Sendable>: Sendable {
    public var thing: Thing
    /// Begins below the source's key.
    public var path: FieldPath

    public init(_ thing: Thing, at path: FieldPath) {
        self.thing = thing
        self.path = path
    }
}

/// Tools that nobody knows before they are asked for, such as those of a server; their names begin alike.
public struct ToolShelf: Sendable {
    /// What the names of its tools begin with: `git__`.
    public var prefix: String
    /// Where in the pipeline it is declared.
    public internal(set) var path = FieldPath()
    /// What calls of its tools may touch at most.
    public var reach: Set<Reach>
    /// Whether a run goes without its tools when they cannot be had, and says so.
    public var isOptional: Bool
    /// All of them, for a run in this workspace; asked once each time that a process takes a run up.
    ///
    /// - Throws: ``Failure`` when they cannot be had, which ends the run unless they are optional.
    public var tools: @Sendable (Workspace) async throws(Failure) -> [ToolFactory]

    public init(
        prefix: String,
        reach: Set<Reach>,
        isOptional: Bool = false,
        tools: @escaping @Sendable (Workspace) async throws(Failure) -> [ToolFactory]
    ) {
        self.prefix = prefix
        self.reach = reach
        self.isOptional = isOptional
        self.tools = tools
    }

    /// Whether a policy's rule may name one of its tools.
    public func mayBeNamed(by rule: ToolRule) -> Bool {
        let head = rule.tool.prefix { $0 != "*" }
        return head.count == rule.tool.count ? head.hasPrefix(prefix) : head.hasPrefix(prefix) || prefix.hasPrefix(head)
    }

    /// Stands for a tool of which only the name is known: it takes any arguments, and cannot be called.
    func unseen(_ id: ModuleID) -> ToolFactory {
        ToolFactory(
            DeclaredTool(id, "A tool of '\(prefix)'.", reach: reach) { _, _ throws(Failure) in
                throw Failure(.unavailable, "The tool '\(id)' has not been looked up yet.")
            }
        )
    }
}
