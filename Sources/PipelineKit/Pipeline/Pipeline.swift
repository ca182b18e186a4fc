/// A checked definition of work: the goal, who works on it, with which tools, within which limits.
///
/// This one declaration is the syntax of a pipeline file, its JSON schema, and the normal form that a run records
/// when it starts. A key may be added with a default that means what its absence meant before; never renamed.
public struct Pipeline: Fields, Hashable {
    @Field("What the pipeline is called.") public var name: String
    @Field("One sentence about what it does.") public var description: String = ""
    @Field("A built-in pipeline or a file this one starts from; deeper keys win, lists replace.")
    public var extends: String? = nil
    @Field("Values a person gives when starting a run, used as ${inputs.name}.")
    public var inputs: [String: InputDeclaration] = [:]
    @Field("Names of environment variables that may be used as ${env.NAME}.") public var env: [String] = []
    @Field("The model that works: provider/model; of a list, each stands in for those before it.")
    public var model: ModelChain? = nil
    @Field("Models that do the same work, each in its own place; the first to hold the goal wins, or the cheapest.")
    public var race: Race? = nil
    @Field("Settings of model services, by provider name; or by any other name, with 'provider' saying which it is.")
    public var providers: [String: JSONValue] = [:]
    @Field("What the model is told besides the goal.") public var instructions: String = ""
    @Field("What must become true: a gate's name, or a mapping; with steps it may be left out.")
    public var goal: Goal? = nil
    @Field("What is done in each iteration, when one model that works until it stops is not enough.")
    public var steps: [Step]? = nil
    @Field("Values that the model hands on by calling 'set_outputs', for whoever has this pipeline work.")
    public var outputs: [String: OutputDeclaration]? = nil
    @Field("What the model may call: a list of tools, or allow, ask and deny.") public var tools: ToolPolicy =
        ToolPolicy()
    @Field("When a person is asked.") public var human: HumanPolicy = HumanPolicy()
    @Field("What a run may use at most.") public var limits: Limits = Limits()
    @Field("Programs that are asked or told at certain moments.") public var hooks: Hooks? = nil
    @Field("Where the model works.") public var workspace: WorkspacePolicy = WorkspacePolicy()
    @Field("Programs that are tools or gates of this pipeline, by the names of those.")
    public var commands: [String: JSONValue]? = nil
    @Field("Shared libraries that hold tools of this pipeline: paths, or mappings of path and optional.")
    public var modules: [JSONValue]? = nil
    @Field("C functions that are tools of this pipeline, by library and name.")
    public var foreign: [String: JSONValue]? = nil
    @Field("Servers of the Model Context Protocol whose tools this pipeline uses, by names of your own.")
    public var mcp: [String: JSONValue]? = nil
    @Field("Other pipelines that the model may give tasks to with 'run_agent', by names of your own.")
    public var agents: [String: JSONValue]? = nil

    public init() {}

    public func check(_ reader: inout FieldReader) {
        if goal == nil, steps == nil, outputs == nil {
            reader.problem("Missing required field 'goal': What must become true: a gate's name, or a mapping.")
        }
        if race != nil {
            if goal == nil { reader.problem(inKey: "race", "A race needs a 'goal': who holds it wins.") }
            if steps != nil {
                reader.problem(inKey: "race", "With 'steps' a race stands in a step: give it a 'race' there.")
            }
        }
        guard let steps else { return }
        if steps.isEmpty { reader.problem(inValueOf: "steps", "must name at least one step.") }
        reader.note(StepGraph(steps).problems, below: "steps")
    }
}

extension Pipeline {
    /// What the pipeline brings along, by the key that it stands under; for each there is a ``ModuleSource``.
    public var brought: [String: JSONValue] {
        get {
            let values = [
                "commands": commands?.json, "modules": modules?.json, "foreign": foreign?.json, "mcp": mcp?.json,
                "agents": agents?.json, "outputs": declaredOutputs?.json,
            ]
            return values.compactMapValues(\.self)
        }
        set {
            commands = newValue["commands"]?.members
            modules = newValue["modules"]?.elements
            foreign = newValue["foreign"]?.members
            mcp = newValue["mcp"]?.members
            agents = newValue["agents"]?.members
        }
    }

    /// Without any there is no need for a tool that sets them.
    private var declaredOutputs: [String: OutputDeclaration]? { outputs?.isEmpty == false ? outputs : nil }
}

extension Pipeline {
    /// Every gate of the goal, with its settings and where they stand below the goal.
    public var gates: [(id: ModuleID, settings: JSONValue, path: FieldPath)] {
        goal?.judge.gates(at: FieldPath()) ?? []
    }

    /// Whether other runs may do parts of the work.
    public var hasOthersWork: Bool { steps != nil || race != nil || agents?.isEmpty == false }

    /// Has the model told something more, after what the pipeline tells it itself.
    public mutating func tell(_ words: String) {
        instructions = instructions.isEmpty ? words : "\(instructions)\n\n\(words)"
    }
}

/// A value that a person gives when starting a run.
public struct InputDeclaration: Fields, Hashable {
    public enum Kind: String, Choice {
        case string
        case integer
        case number
        case boolean
    }

    @Field("What kind of value it is.") public var type: Kind = .string
    @Field("The value when none is given; without one the input is required.") public var `default`: JSONValue? = nil
    @Field("One sentence for the person who gives it.") public var help: String = ""

    public init() {}
}

/// A model and the service that offers it: `openai/gpt-5.2`.
///
/// Before its references are replaced, a name such as `${inputs.model}` stands in ``provider`` as a whole.
public struct ModelName: FieldValue, Hashable, CustomStringConvertible {
    public var provider: ModuleID
    /// What the service calls it; may hold slashes of its own.
    public var model: String

    public static var schema: ValueSchema { .quantity("provider/model", example: "openai/gpt-5.2") }
    public var description: String { model.isEmpty ? provider.value : "\(provider)/\(model)" }
    public var json: JSONValue { .string(description) }

    /// Reads `provider/model`, or a text that holds a reference.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            guard text.contains("${") else { return nil }
            provider = ModuleID(text)
            model = ""
            return
        }
        guard !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        provider = ModuleID(String(parts[0]))
        model = String(parts[1])
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard let name = json.text.flatMap(Self.init) else {
            reader.expected("a model such as 'openai/gpt-5.2'", of: json)
            return nil
        }
        self = name
    }
}

/// When a person is asked, and what happens when nobody answers.
public struct HumanPolicy: Fields, Hashable {
    public enum Moment: String, Choice {
        case never
        case afterCheck = "after_check"
        case afterFailedCheck = "after_failed_check"
        case beforeWrites = "before_writes"
        case plan
    }

    public enum Fallback: String, Choice {
        case abort
        case approve
    }

    @Field("never, after each check or only after those that fail, before each writing call, or when the plan stands.")
    public var gate: Moment = .never
    @Field("How long a question stays open.") public var deadline: Duration? = nil
    @Field("What an unanswered question counts as.") public var onDeadline: Fallback = .abort

    public init() {}
}

/// What a run may use at most. Counted over its whole history, resumed or not.
public struct Limits: Fields, Hashable {
    @Field("How often the model may try: work until it stops, then a check.") public var iterations: Int = 20
    @Field("How many replies the model may give within one iteration before the goal is checked anyway.")
    public var turns: Int = 50
    @Field("Money, in US dollars.") public var cost: Money? = nil
    @Field("Tokens, read and written together.") public var tokens: TokenCount? = nil
    @Field("Time since the run started, waiting for a person not counted.") public var wall: Duration? = nil
    @Field("Tokens of one reply.") public var reply: TokenCount = TokenCount(16_000)
    @Field("Tokens of one request, after which the conversation is summarised; the model's own window when left out.")
    public var context: TokenCount? = nil
    @Field("How many reading calls may run side by side.") public var parallelTools: Int = 4
    @Field("How many steps may be under way at once, and how many elements of a list.") public var parallelSteps: Int =
        4
    @Field("Ask a model whose price nobody knows although there is a limit of cost, which it does not count against.")
    public var allowUnknownPrice: Bool = false

    public init() {}
}

/// Where the model works.
public struct WorkspacePolicy: Fields, Hashable {
    public enum Isolation: String, Choice {
        /// In the project itself.
        case none
        /// In a git worktree of its own; the project's branch, index and stash stay as they are.
        case worktree
        /// In a copy of the whole directory, with the files that git ignores; works without git too.
        case copy
    }

    /// What becomes of changes that are not committed when a run starts.
    public enum Dirty: String, Choice {
        /// They are a part of the start.
        case copy
        /// The run does not start.
        case refuse
    }

    /// Whether commands are confined.
    public enum Sandbox: String, Choice, Comparable {
        case off
        /// When it can be had; the run records whether it is.
        case preferred
        /// Or the run does not start.
        case required

        public static func < (left: Sandbox, right: Sandbox) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    @Field("none works in the project itself; worktree in a git worktree beside it; copy in a copy of the directory.")
    public var isolation: Isolation = .none
    @Field("What becomes of uncommitted changes: copy takes them into the start, refuse starts no run.")
    public var dirty: Dirty = .copy
    @Field("Whether commands are confined: off, preferred (where bubblewrap works) or required.")
    public var sandbox: Sandbox = .preferred
    @Field("What confined commands may reach: deny, allow, or a mapping of hosts.")
    public var network: NetworkPolicy = .deny
    @Field("Absolute paths that confined commands may read besides the workspace and the system; ~ is the home.")
    public var readable: [String] = []
    @Field("Absolute paths that confined commands may change besides the workspace; ~ is the home.")
    public var writable: [String] = []
    @Field("What a confined command may use at most, with all that it starts.")
    public var commands: CommandLimits = CommandLimits()

    public func check(_ reader: inout FieldReader) {
        for (key, paths) in [("readable", readable), ("writable", writable)] {
            for path in paths where !Self.isPlace(path) {
                reader.problem(
                    inValueOf: key,
                    "must hold absolute paths, or such that begin with '~/', but holds '\(path)'."
                )
            }
        }
    }

    /// Whether commands can be shown what a path names; a reference is looked at when its value is there.
    public static func isPlace(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return path.contains("${")
            || ((path.hasPrefix("/") || path.hasPrefix("~/")) && !parts.isEmpty && !parts.contains(".."))
    }

    public init() {}
}
