/// Every module the process can use, by kind and name; a value.
public struct Registry: Sendable {
    public internal(set) var tools: [ModuleID: ToolFactory] = [:]
    public internal(set) var gates: [ModuleID: GateFactory] = [:]
    public private(set) var providers: [ModuleID: ProviderFactory] = [:]
    /// What reads the modules that pipelines bring along, by their keys.
    public private(set) var sources: [String: any ModuleSource] = [:]
    /// Tools that nobody has looked up yet.
    public internal(set) var shelves: [ToolShelf] = []
    /// What models cost by their vendors' lists; `nil` for one that stands in none.
    public var listPrice: @Sendable (ModelName) -> Price? = { _ in nil }
    /// The models that a vendor's list names, by the vendor's provider.
    public var listedModels: @Sendable (ModuleID) -> [String] = { _ in [] }

    public init() {}

    /// - Precondition: no tool of this name, or of one of its aliases, was added before.
    public mutating func add<T: Tool>(_ tool: T.Type) {
        for name in [T.id] + T.aliases {
            precondition(tools[name] == nil, "Two tools are named '\(name)'.")
            tools[name] = ToolFactory(tool)
        }
    }

    /// - Precondition: no gate of this name, or of one of its aliases, was added before.
    public mutating func add<G: Gate>(_ gate: G.Type) {
        for name in [G.id] + G.aliases {
            precondition(gates[name] == nil, "Two gates are named '\(name)'.")
            gates[name] = GateFactory(gate)
        }
    }

    /// - Precondition: no provider of this name was added before.
    public mutating func add<P: Provider>(_ provider: P.Type) {
        precondition(providers[P.id] == nil, "Two providers are named '\(P.id)'.")
        providers[P.id] = ProviderFactory(provider)
    }

    /// - Precondition: no source with this key was added before.
    public mutating func add(_ source: any ModuleSource) {
        precondition(sources[source.key] == nil, "Two sources read '\(source.key)'.")
        sources[source.key] = source
    }
}
