public import PipelineKit

/// Other pipelines that the model may have do a part of its work.
public struct AgentSource: ModuleSource {
    public let key = "agents"
    public let summary =
        "Other pipelines that the model may give tasks to, by names of your own; 'run_agent' is the tool."
    public var schema: ValueSchema { .mapping(AgentDeclaration.schema) }
    public var example: JSONValue {
        ["fixer": ["pipeline": "pytest", "help": "Changes the code until the tests pass."]]
    }

    public init() {}

    public func modules(of json: JSONValue, in project: String?) -> BroughtModules {
        var (found, reader) = (BroughtModules(), FieldReader())
        var agents: [String: Agent] = [:]
        for (name, json) in json.members.sorted(by: { $0.key < $1.key }) {
            guard let declaration = reader.read(AgentDeclaration.self, json, key: name) else { continue }
            guard ModuleID(name).isUsableByModels else {
                let sentence =
                    "'\(name.shortened(to: 80))' cannot be the name of an agent: letters, digits, '_' and '-'."
                found.problems.append(FieldProblem(FieldPath().appending(name), sentence, in: .key))
                continue
            }
            // A name that is still one is told by whoever looks for the pipeline.
            guard case .object = declaration.pipeline else { continue }
            let place = FieldPath().appending(name).appending("pipeline")
            guard declaration.pipeline["extends"] == nil else {
                let sentence =
                    "A pipeline that extends another cannot be written here. Keep it in a file, and name that."
                found.problems.append(FieldProblem(place.appending("extends"), sentence, in: .key))
                continue
            }
            do throws(FieldProblems) {
                agents[name] = Agent(help: declaration.help, pipeline: try Pipeline(json: declaration.pipeline))
            } catch {
                found.problems += error.all.map { FieldProblem(place.appending($0.path), $0.message, in: $0.place) }
            }
        }
        found.problems += reader.problems
        // Also where all of them are wrong: that is told where it stands, and not at the rule that names the tool.
        if !json.members.isEmpty {
            found.tools.append(Brought(ToolFactory(RunAgentTool(agents).declared), at: FieldPath()))
        }
        return found
    }
}

/// One agent, as a person declares it.
struct AgentDeclaration: Fields {
    @Field("A built-in pipeline, or a file relative to this one; it works by that as it stands when the run starts.")
    var pipeline: JSONValue
    @Field("What it is good for, in a sentence; the model reads it when it chooses.") var help: String = ""
    @Field("The inputs of that pipeline.") var with: [String: JSONValue] = [:]
    init() {}

    func check(_ reader: inout FieldReader) {
        switch pipeline {
        case .string, .object: break
        default: reader.problem(inValueOf: "pipeline", "must be a pipeline's name or file, but is \(pipeline).")
        }
    }
}

/// One agent, as it may be started.
struct Agent: Sendable {
    var help: String
    var pipeline: Pipeline
}
