import Dispatch
import PipelineEngine
import PipelineKit
import Synchronization

/// Asks for a call until it has had as many turns as it is to have, then stops.
struct TurningProvider: Provider {
    static let id: ModuleID = "turning"
    static let summary = "Calls and calls."
    struct Settings: Fields {
        @Field("Turns with a call.") var turns: Int = 1
        @Field("Bytes of each output.") var bytes: Int = 100
        init() {}
    }
    let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }

    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        let usage = Usage(input: 10, output: 5)
        let callsSince = request.messages.reversed().prefix { message in
            if case .user = message { false } else { true }
        }.count { if case .assistant = $0 { true } else { false } }
        guard callsSince < settings.turns else { return ModelReply(text: "Done.", usage: usage) }
        let call = ToolCall(id: "c", tool: "idle", arguments: #"{"bytes":\#(settings.bytes)}"#)
        return ModelReply(text: "", calls: [call], usage: usage)
    }
}

/// Does nothing, and says it at length.
struct IdleTool: Tool {
    static let id: ModuleID = "idle"
    static let summary = "Does nothing."
    static let reach: Set<Reach> = [.writes]
    struct Arguments: Fields {
        @Field("How many bytes to answer.") var bytes: Int = 1
        init() {}
    }
    init(settings: NoFields) throws(Failure) {}
    func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        ToolOutput(String(repeating: "x", count: arguments.bytes))
    }
}

/// Says no.
struct NoGate: Gate {
    static let id: ModuleID = "no"
    static let summary = "Says no."
    init(settings: NoFields) throws(Failure) {}
    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict { .failed("No.") }
}

struct NoFiles: WorkspaceKeeper {
    func open(_ project: String, isolation: WorkspacePolicy.Isolation, for run: RunID) -> OpenedWorkspace {
        OpenedWorkspace(Workspace(path: project), start: "start")
    }
    func snapshot(_ workspace: Workspace, of run: RunID) -> SnapshotID { "same" }
    func rebuild(
        _ workspace: Workspace,
        from start: SnapshotID,
        with current: SnapshotID,
        under policy: EditPolicy,
        of run: RunID
    ) -> RebuiltTree { RebuiltTree(path: workspace.path, refused: []) }
    func diff(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) -> String { "" }
    func changes(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) -> [FileChange] { [] }
    func restore(_ snapshot: SnapshotID, into workspace: Workspace, of run: RunID) {}
    func removeDrafts(in workspace: Workspace) {}
    func discard(_ workspace: Workspace, of run: RunID) {}
}

struct NoNetwork: HTTPTransport {
    func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
        throw Failure(.unavailable, "There is no network here.")
    }
}

/// When each request of the model was recorded.
final class Marks: Sendable {
    private let requests = Mutex<[UInt64]>([])

    func take(_ item: EventFeed.Item) {
        guard case .event(_, let event) = item, case .modelRequested = event.payload else { return }
        requests.withLock { $0.append(DispatchTime.now().uptimeNanoseconds) }
    }

    /// The median of a step, from one request to the next, in each tenth of the run.
    func print() {
        let times = requests.withLock { $0 }
        let steps = zip(times.dropFirst(), times).map { Double($0 - $1) / 1e6 }
        let tenth = max(1, steps.count / 10)
        for begin in stride(from: 0, to: steps.count - tenth + 1, by: tenth) {
            let sorted = steps[begin..<begin + tenth].sorted()
            Swift.print("steps \(begin + 1)...\(begin + tenth): median \(sorted[tenth / 2]) ms")
        }
    }
}
