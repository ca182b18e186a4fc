import ACPContract
import Foundation
import PipelineEngine
import PipelineKit
import RPCKit
import Synchronization
import Testing

/// An editor on one end of a socket, and Sluice on the other.
struct ACPTrial {
    let bench: ContractBench
    let peer: RPCPeer
    let seen: Seen

    /// What the editor is told and asked.
    final class Seen: Sendable {
        private let all = Mutex<[JSONValue]>([])
        private let asked = Mutex<[JSONValue]>([])
        let choice: String

        init(choice: String) { self.choice = choice }

        var updates: [JSONValue] { all.withLock(\.self) }
        var permissions: [JSONValue] { asked.withLock(\.self) }

        func updates(_ kind: String) -> [JSONValue] { updates.filter { $0["sessionUpdate"]?.text == kind } }

        /// All that the model, or Sluice, has said.
        var said: String { updates("agent_message_chunk").compactMap { $0["content"]?["text"]?.text }.joined() }

        func forget() { all.withLock { $0 = [] } }

        var handler: RPCHandler {
            RPCHandler(
                request: { [self] request throws(RPCError) in
                    asked.withLock { $0.append(request.params ?? .null) }
                    guard choice != "later" else {
                        try? await Task.sleep(for: .seconds(600))
                        return [:]
                    }
                    guard choice != "dismiss" else { return ["outcome": ["outcome": "cancelled"]] }
                    return ["outcome": ["outcome": "selected", "optionId": .string(choice)]]
                },
                notification: { [self] _, params in all.withLock { $0.append(params?["update"] ?? .null) } }
            )
        }
    }

    /// - Parameters:
    ///   - model: Of ``NotesProvider``.
    ///   - choice: What the person takes when asked: an option, `dismiss`, or `later`.
    static func with(
        model: String = "fix",
        asks: Bool = false,
        iterations: Int = 20,
        choice: String = "allow_once",
        _ body: @escaping (ACPTrial) async throws -> Void
    ) async throws {
        try await ContractBench.serving { bench in
            guard bench.isInMemory else { return }  // there is no port in between
            var sockets: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
            let peers = sockets.map { RPCPeer(over: OwnStreams(reading: $0, writing: $0), .lines) }
            let trial = ACPTrial(bench: bench, peer: peers[0], seen: Seen(choice: choice))
            try peers[0].start(trial.seen.handler)
            let agent = agent(bench, pipeline(model, asks, iterations))
            async let served = agent.serve(peers[1])
            var failure: (any Error)?
            do { try await body(trial) } catch { failure = error }
            for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
            _ = try await served
            if let failure { throw failure }
        }
    }

    private static func pipeline(_ model: String, _ asks: Bool, _ iterations: Int) -> String {
        """
        name: fixes
        model: notes/\(model)
        goal: { gate: content, with: { file: out, is: done } }
        tools: { allow: [look, todo, ask_human\(asks ? "" : ", write")]\(asks ? ", ask: [write]" : "") }
        limits: { iterations: \(iterations) }
        """
    }

    private static func agent(_ bench: ContractBench, _ yaml: String) -> ACPAgent {
        let pipelines = bench.services.pipelines
        return ACPAgent(
            bench.services,
            ACPSettings(version: "test", person: "ada") { _, prompt throws(Failure) in
                do throws(PipelineError) {
                    var pipeline = try pipelines.load(yaml: yaml).pipeline
                    pipeline.instructions = prompt
                    return pipeline
                } catch {
                    throw Failure(.invalidInput, "\(error)")
                }
            }
        )
    }

    func ask(_ method: String, _ params: JSONValue = [:]) async throws(RPCFault) -> JSONValue {
        try await peer.call(method, params, within: .seconds(300))
    }

    func session() async throws -> String {
        let new = try await ask("session/new", ["cwd": .string(bench.directory), "mcpServers": []])
        return try #require(new["sessionId"]?.text)
    }

    /// The stop reason of a prompt.
    func prompt(_ text: String, in session: String) async throws(RPCFault) -> String {
        let block: JSONValue = ["type": "text", "text": .string(text)]
        let answer = try await ask("session/prompt", ["sessionId": .string(session), "prompt": [block]])
        return answer["stopReason"]?.text ?? ""
    }

    func state(of run: String) async throws -> RunState { try await bench.services.runs.state(of: RunID(run)) }
}
