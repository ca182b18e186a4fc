public import FoundationEssentials

/// Something an agent may do.
public protocol Tool: Sendable {
    associatedtype Settings: Fields = NoFields
    associatedtype Arguments: Fields = NoFields

    static var id: ModuleID { get }
    /// Other names the tool answers to.
    static var aliases: [ModuleID] { get }
    /// One sentence; the model reads it when it chooses a tool.
    static var summary: String { get }
    /// Arguments of a call, for people to see what it is for; nothing, for a tool that needs none.
    static var example: JSONValue { get }
    /// Settings that the tool cannot be used without; nothing, as a rule.
    static var exampleSettings: JSONValue { get }
    /// What a call may touch at most.
    static var reach: Set<Reach> { get }

    /// - Throws: ``Failure/Kind/invalidInput`` when the settings cannot be. Nothing but the settings is looked at.
    init(settings: Settings) throws(Failure)

    /// What a call with these arguments may touch; the policy decides by it. Without it, all that any call may.
    ///
    /// Whatever it says beyond ``reach`` is left out. Called before anybody has allowed the call: nothing may be changed.
    func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope

    /// Carries out one call.
    ///
    /// A call that needs an answer of a person returns ``ToolOutput/asking(_:)``, and is made again when there is one.
    ///
    /// - Throws: ``Failure`` when the tool could not do its work. A command that ran and failed is an
    ///   output, because the model has to see it.
    func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput
}

extension Tool {
    public static var aliases: [ModuleID] { [] }
    public static var example: JSONValue { [:] }
    public static var exampleSettings: JSONValue { [:] }

    public func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope { CallScope(Self.reach) }
}

/// What a tool call may touch.
public enum Reach: String, Choice {
    case reads
    case writes
    case runs
    case network
    /// What lies outside of the workspace.
    case outside
}

/// What a tool may use while it carries out a call.
public struct ToolContext: Sendable {
    public var workspace: Workspace
    /// Takes output as it comes, for those who watch; nothing of it is recorded.
    public var progress: @Sendable (String) -> Void
    /// Judges the run's goal in the workspace as it stands, and records nothing.
    public var check: @Sendable () async throws(Failure) -> Verdict
    /// The way to the network; sends nothing where nobody has given one.
    public var transport: any HTTPTransport
    public var secrets: SecretResolver
    /// The time, for what a call tells of when it was made.
    public var now: @Sendable () -> Instant
    /// What a person said to what this call asked for when it was made before; `nil` the first time.
    public var answer: InputAnswer?
    /// Has other pipelines do a part of the work.
    public var agents: any AgentRunner

    public init(
        workspace: Workspace,
        progress: @escaping @Sendable (String) -> Void = { _ in },
        transport: any HTTPTransport = NoTransport(),
        secrets: @escaping SecretResolver = { _ in nil },
        now: @escaping @Sendable () -> Instant = { Instant(Date()) },
        answer: InputAnswer? = nil,
        agents: any AgentRunner = NoAgents(),
        check: @escaping @Sendable () async throws(Failure) -> Verdict = { () throws(Failure) in
            throw Failure(.unavailable, "This run has no goal to check.")
        }
    ) {
        self.workspace = workspace
        self.progress = progress
        self.check = check
        self.transport = transport
        self.secrets = secrets
        self.now = now
        self.answer = answer
        self.agents = agents
    }
}

/// What a call gave, for the model and the record.
public struct ToolOutput: Sendable, Hashable {
    public var text: String
    /// The exit status of a command, or 128 plus the signal that ended it.
    public var exitCode: Int?
    /// Whether the model should read the text as a mistake.
    public var isError: Bool
    /// What the model is shown as well, when it takes images; a line about each is added to the text.
    public var images: [Image]
    /// What the call cannot go on without. The rest of the output counts for nothing then: the call is made again with the
    /// answer.
    public var request: InputRequest?

    /// What a call gives that needs a person's answer before it can go on.
    public static func asking(_ request: InputRequest) -> ToolOutput {
        var output = ToolOutput("")
        output.request = request
        return output
    }

    public init(_ text: String, exitCode: Int? = nil, isError: Bool = false, images: [Image] = []) {
        self.text = text
        self.exitCode = exitCode
        self.isError = isError
        self.images = images
    }
}
