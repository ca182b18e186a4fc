import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Synchronization

@testable import PipelineEngine

/// A project directory and the engine over it, with modules that do as little as they can.
struct Bench {
    let directory: String
    let store: any EventStore
    let services: Services
    let seen = Log()

    init(
        _ directory: String = Bench.temporary(),
        store: any EventStore = MemoryStore(),
        owner: ProcessName = ProcessName("host:boot:1:1"),
        clock: EngineClock = Bench.clock,
        registry: Registry = Bench.registry,
        roots: [String] = [],
        sources: PipelineSources = PipelineSources(read: PipelineSources.disk),
        environment: [String: String] = [:],
        transport: any HTTPTransport = NoTransport(),
        secrets: @escaping SecretResolver = { _ in nil },
        budget: Budget = Budget(),
        sandboxes: any SandboxKeeper = NoSandbox(),
        workspaces: any WorkspaceKeeper = PlainWorkspaces(),
        random: @escaping @Sendable () -> Double = { 0.5 },
        policy: PolicyFile? = nil
    ) {
        self.directory = directory
        self.store = store
        services = Services(
            EngineParts(
                registry: registry,
                store: store,
                workspaces: workspaces,
                sandboxes: sandboxes,
                transport: transport,
                secrets: secrets,
                clock: clock,
                scratch: directory + ".scratch",
                budget: budget,
                owner: owner,
                version: "test",
                sources: sources,
                roots: roots,
                environment: environment,
                random: random,
                policy: policy,
                hooks: HookProcesses()
            )
        )
        let seen = seen
        services.feed.observe { item in
            if case .event(_, let event) = item { seen.add(event.payload.type) }
        }
    }

    static let registry: Registry = {
        var registry = Registry()
        registry.add(NotesProvider.self)
        registry.add(LookTool.self)
        registry.add(WriteTool.self)
        registry.add(HangTool.self)
        registry.add(PrintTool.self)
        registry.add(DoorTool.self)
        registry.add(ContentGate.self)
        registry.add(TellingGate.self)
        registry.add(FlickerGate.self)
        return registry
    }()

    /// A clock that stands still: what is to come is due at once, but the glance at other processes' records never.
    static let clock = clock { .start }

    /// The same for a time that a test sets. A glance that came at once would come again and again, and two of them keep
    /// everybody else from both threads of a small machine.
    static func clock(_ now: @escaping @Sendable () -> Instant) -> EngineClock {
        EngineClock(
            now: now,
            sleep: { moment in
                if moment == now() + RunKeeper.glance { await untilCancelled() }
            }
        )
    }

    static func temporary() -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "engine-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: directory)
        try? FileManager.default.removeItem(atPath: directory + ".scratch")
    }

    func start(
        _ replies: JSONValue,
        tools: JSONValue = ["allow": ["look", "write", "hang", "print"]],
        human: JSONValue = [:],
        goal: JSONValue = ["gate": "content", "with": ["file": "out", "is": "done"]],
        model: JSONValue = "notes/x",
        limits: JSONValue = [:],
        workspace: JSONValue = [:],
        notes: [String: JSONValue] = [:],
        hooks: JSONValue = [:],
        run: RunID = "r1",
        key: String? = nil
    ) async throws -> RunID {
        let pipeline = try Pipeline(json: [
            "name": "p", "model": model, "goal": goal, "tools": tools, "human": human, "limits": limits,
            "workspace": workspace, "hooks": hooks,
            "providers": ["notes": .object(notes.merging(["replies": replies]) { $1 })],
        ])
        return try await services.runs.start(
            RunOrder(run: run, pipeline: pipeline, project: directory, origin: "test", key: key)
        )
    }

    func read(_ name: String) -> String? { try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8) }

    func types() async throws -> [String] { try await services.runs.events(of: "r1").map(\.payload.type) }
}

final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

/// Plays replies out of its settings: the next is a function of how many there are already.
struct NotesProvider: Provider {
    static let id: ModuleID = "notes"
    static let summary = "Plays replies."

    struct Settings: Fields {
        @Field("The replies.") var replies: [JSONValue] = []
        @Field("Of a million tokens, read or written.") var price: Money? = nil
        @Field("Tokens of a request with its reply.") var window: Int? = nil
        @Field("Whether tokens are counted; else each request has ten.") var counts: Bool = false
        @Field("What a conversation is summarised as.") var summary: String = ""
        init() {}
    }

    let settings: Settings
    private var replies: [JSONValue] { settings.replies }
    init(settings: Settings) throws(Failure) { self.settings = settings }

    func price(of model: String) -> Price? { settings.price.map { Price(input: $0, output: $0) } }
    func window(of model: String) -> Int? { settings.window }

    func check(_ model: String, secrets: SecretResolver) throws(Failure) { _ = secrets(Secret(variable: "NOTES_KEY")) }

    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        _ = context.secrets(Secret(variable: "NOTES_KEY"))
        if case .user(Compaction.request) = request.messages.last {
            return ModelReply(text: settings.summary, usage: Usage(input: 10, output: 5))
        }
        let turn = Self.turn(after: request.messages)
        guard turn < replies.count else { return ModelReply(text: "I stop.") }
        let reply = replies[turn]
        if reply["too_long"] == true, !request.messages.contains(where: \.isSummary) {
            throw Failure(.invalidInput, "It is too long.", isTooLong: true)
        }
        if let failures = reply["failures"]?.integer, context.attempt <= failures {
            throw Failure(.unavailable, "The service is down.")
        }
        if reply["down"]?.elements.contains(.string(request.model)) == true {
            throw Failure(.unavailable, "'\(request.model)' is down.")
        }
        let calls = (reply["calls"]?.elements ?? []).enumerated().map { index, call in
            ToolCall(
                id: CallID("s\(turn).\(index)"),
                tool: call["tool"]?.text ?? "",
                arguments: call["arguments"]?.jsonText ?? "{}"
            )
        }
        let usage = Usage(
            input: reply["input"]?.integer ?? (settings.counts ? request.messages.reduce(0) { $0 + $1.bytes / 4 } : 10),
            output: min(reply["output"]?.integer ?? 5, request.maximumOutput)
        )
        return ModelReply(text: reply["text"]?.text ?? "", calls: calls, usage: usage)
    }
}

extension NotesProvider {
    /// How many replies there were, also those that a summary stands for.
    private static func turn(after messages: Messages) -> Int {
        var turn = 0
        for message in messages {
            switch message {
            case .assistant(_, let calls, _):
                let number = calls.first.flatMap { Int($0.id.value.dropFirst().prefix { $0 != "." }) }
                turn = number.map { $0 + 1 } ?? turn + 1
            case .user, .tool: break
            }
        }
        return turn
    }
}

extension Message {
    fileprivate var isSummary: Bool {
        if case .user(let text) = self { text.hasPrefix("The conversation up to here was too long") } else { false }
    }
}

struct LookTool: Tool {
    static let id: ModuleID = "look"
    static let summary = "Looks."
    static let reach: Set<Reach> = [.reads]
    init(settings: NoFields) throws(Failure) {}
    func call(_ arguments: NoFields, in context: ToolContext) async throws(Failure) -> ToolOutput {
        ToolOutput(try await context.check().reason)
    }
}

/// Puts a file out: piece by piece to those who watch, and whole.
struct PrintTool: Tool {
    static let id: ModuleID = "print"
    static let summary = "Prints a file."
    static let reach: Set<Reach> = [.reads]

    struct Arguments: Fields {
        @Field("The file.") var file: String
        init() {}
    }

    init(settings: NoFields) throws(Failure) {}
    func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let path = "\(context.workspace.path)/\(arguments.file)"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure(.missing, "There is no '\(arguments.file)'.")
        }
        for character in text { context.progress(String(character)) }
        return ToolOutput(text)
    }
}

/// Says no, in the words of a file.
struct TellingGate: Gate {
    static let id: ModuleID = "telling"
    static let summary = "Says no."
    init(settings: NoFields) throws(Failure) {}
    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let text = (try? String(contentsOfFile: "\(workspace.path)/printed", encoding: .utf8)) ?? ""
        context.progress(text)
        return Verdict(.failed, "It says \(text)", cases: [TestCase("t", .failed, text)], details: text)
    }
}

/// Runs until it is cancelled.
struct HangTool: Tool {
    static let id: ModuleID = "hang"
    static let summary = "Hangs."
    static let reach: Set<Reach> = [.runs]
    init(settings: NoFields) throws(Failure) {}
    func call(_ arguments: NoFields, in context: ToolContext) async throws(Failure) -> ToolOutput {
        context.progress("hanging")
        await untilCancelled()
        throw Failure(.cancelled, "Cancelled.")
    }
}

/// Waits for nothing but the end of the task.
func untilCancelled() async {
    for await _ in AsyncStream<Never>.makeStream().stream {}
}
