public import PipelineKit

/// Programs that a pipeline declares as its tools and gates: JSON on standard input, and on standard output.
public struct CommandSource: ModuleSource {
    public let key = "commands"
    public let summary = "Programs that are tools or gates of the pipeline, by the names of those."
    public var schema: ValueSchema { .mapping(CommandDeclaration.schema) }
    public var example: JSONValue {
        [
            "word_count": [
                "summary": "Counts words.", "arguments": ["path": "string"], "run": ["python3", "tools/count.py"],
            ]
        ]
    }

    public init() {}

    public func modules(of json: JSONValue, in project: String?) -> BroughtModules {
        var (found, reader) = (BroughtModules(), FieldReader())
        for (name, json) in json.members.sorted(by: { $0.key < $1.key }) {
            guard let declaration = reader.read(CommandDeclaration.self, json, key: name) else { continue }
            let place = FieldPath().appending(name)
            switch declaration.kind {
            case .tool: found.tools.append(Brought(ToolFactory(ProgramTool(name, declaration).declared), at: place))
            case .gate: found.gates.append(Brought(GateFactory(ProgramGate(name, declaration).declared), at: place))
            }
        }
        found.problems = reader.problems
        return found
    }
}

/// One program, as a person declares it.
struct CommandDeclaration: Fields {
    enum Kind: String, Choice {
        case tool
        case gate
    }

    @Field("What the program is: a tool that the model calls, or a gate that judges.") var kind: Kind = .tool
    @Field("One sentence about what it does; the model reads it.") var summary: String
    @Field("What it is given, by name: a type, or a mapping of type, default, choices and help.")
    var arguments: [String: ArgumentDeclaration] = [:]
    @Field("The program with its arguments, or a command line for /bin/sh; it runs in the root of the workspace.")
    var run: HookCommand
    @Field("How long it may take.") var timeout: Duration = .seconds(60)
    @Field("What calls of a tool may touch, for rules to decide by; anything when left out.") var reach: [Reach]? = nil
    @Field("Environment variables that it may see besides PATH, HOME, LANG and their like.") var environment: [String] =
        []
    @Field("How much of what a tool prints is kept.") var maxOutput = ByteCount(bytes: 32_000)
    @Field("Patterns of files that judge the work and so may not be changed by it; for a gate.") var protect: [String] =
        []

    init() {}

    static let mostTime = Duration.seconds(3_600)

    func check(_ reader: inout FieldReader) {
        if summary.trimmed.isEmpty { reader.problem(inValueOf: "summary", "must say what it does, but is empty.") }
        if timeout <= .zero || timeout > Self.mostTime {
            reader.problem(inValueOf: "timeout", "must be more than nothing and at most 1h, but is \(timeout.written).")
        }
        if maxOutput.bytes < 1_000 {
            reader.problem(inValueOf: "max_output", "must be at least 1 kB, but is \(maxOutput).")
        }
        if reach == [] { reader.problem(inValueOf: "reach", "must name something, but is empty.") }
        if kind == .gate, reach != nil { reader.problem(inValueOf: "reach", "is for tools: a gate is not called.") }
        if kind == .tool, !protect.isEmpty {
            reader.problem(inValueOf: "protect", "is for gates: what a tool runs may be changed.")
        }
        for name in arguments.keys.sorted() where !name.isArgumentName {
            let sentence = "'\(name.shortened(to: 80))' cannot be the name of an argument: letters, digits and '_'."
            reader.problem(inValueOf: "arguments", sentence)
        }
    }
}

extension String {
    fileprivate var isArgumentName: Bool {
        (1...64).contains(utf8.count)
            && unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
            }
    }
}
