public import PipelineKit

/// Values that a model hands on to whoever has it work: the steps behind its own, or another pipeline.
public struct OutputSource: ModuleSource {
    public let key = "outputs"
    public let summary = "Values that the model hands on, by name; 'set_outputs' is the tool."
    public var schema: ValueSchema { .mapping(OutputDeclaration.schema) }
    public var example: JSONValue { ["tasks": ["type": "list", "help": "What is to be done, one task each."]] }

    public init() {}

    public func modules(of json: JSONValue, in project: String?) -> BroughtModules {
        var (found, reader) = (BroughtModules(), FieldReader())
        let outputs = [String: OutputDeclaration](json, &reader) ?? [:]
        found.problems = reader.problems
        if !outputs.isEmpty {
            found.tools = [Brought(ToolFactory(SetOutputsTool(outputs).declared), at: FieldPath())]
        }
        return found
    }
}
