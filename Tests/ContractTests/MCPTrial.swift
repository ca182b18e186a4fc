import Foundation
import HTTPKit
import MCPContract
import NativeContract
import PipelineEngine
import PipelineKit
import RPCKit
import Synchronization
import Testing

/// A client of the Model Context Protocol on one end of a socket, and Sluice on the other.
struct MCPTrial {
    let bench: ContractBench
    let peer: RPCPeer
    /// What came without being asked for.
    let heard: Heard
    private let revision: Revision
    private let capabilities: JSONValue
    private let socket: Int32

    enum Revision: String, CaseIterable {
        case handshake = "2025-11-25"
        case stateless = "2026-07-28"
    }

    final class Heard: Sendable {
        private let all = Mutex<[(method: String, params: JSONValue)]>([])
        func add(_ method: String, _ params: JSONValue?) { all.withLock { $0.append((method, params ?? .null)) } }
        func params(of method: String) -> [JSONValue] {
            all.withLock { $0.filter { $0.method == method }.map(\.params) }
        }

        func handler(_ form: JSONValue?) -> RPCHandler {
            RPCHandler(
                request: { [self] request throws(RPCError) in
                    add(request.method, request.params)
                    guard let form else { return try await RPCHandler.refuse(request) }
                    return form
                },
                notification: add
            )
        }
    }

    /// - Parameter form: What the person answers to a form (`ElicitResult`); `nil` for a client without forms.
    static func with(
        _ revision: Revision,
        answers: MCPSettings.Answers = .person,
        isReadOnly: Bool = false,
        form: JSONValue? = nil,
        _ body: @escaping (MCPTrial) async throws -> Void
    ) async throws {
        try await ContractBench.serving { bench in
            guard bench.isInMemory else { return }  // there is no port in between
            var sockets: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
            let peers = sockets.map { RPCPeer(over: OwnStreams(reading: $0, writing: $0), .lines) }
            let trial = MCPTrial(bench, peers[0], revision, hasForms: form != nil, sockets[0])
            try peers[0].start(trial.heard.handler(form))
            let settings = MCPSettings(
                version: "test",
                directory: bench.directory,
                person: "ada",
                answers: answers,
                isReadOnly: isReadOnly
            )
            async let served = server(bench, settings).serve(peers[1])
            var failure: (any Error)?
            do {
                if revision == .handshake { try await trial.shakeHands() }
                try await body(trial)
            } catch { failure = error }
            for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
            _ = try await served
            if let failure { throw failure }
        }
    }

    private init(_ bench: ContractBench, _ peer: RPCPeer, _ revision: Revision, hasForms: Bool, _ socket: Int32) {
        (self.bench, self.peer, self.revision, self.socket) = (bench, peer, revision, socket)
        heard = Heard()
        capabilities = hasForms ? ["elicitation": ["form": [:]]] : [:]
    }

    private static func server(_ bench: ContractBench, _ settings: MCPSettings) -> MCPServer {
        let native = Native.Settings(version: "test", roots: [bench.directory], origin: MCPSettings.origin)
        return MCPServer(bench.services, native: Native.contract(bench.services, native), settings)
    }

    private func shakeHands() async throws {
        let greeting = try await peer.call(
            "initialize",
            [
                "protocolVersion": .string(revision.rawValue), "capabilities": capabilities,
                "clientInfo": ["name": "trial", "version": "1"],
            ],
            within: Self.patience
        )
        #expect(greeting["protocolVersion"] == .string(revision.rawValue))
        #expect(greeting["serverInfo"] == ["name": "sluice", "title": "Sluice", "version": "test"])
        peer.notify("notifications/initialized")
    }

    /// What every request says in the revision that is spoken.
    var meta: [String: JSONValue] {
        guard revision == .stateless else { return [:] }
        return [
            "io.modelcontextprotocol/protocolVersion": .string(revision.rawValue),
            "io.modelcontextprotocol/clientInfo": ["name": "trial", "version": "1"],
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        ]
    }

    func ask(_ method: String, _ params: [String: JSONValue] = [:], number: Int? = nil, token: JSONValue? = nil)
        async throws(RPCFault) -> JSONValue
    {
        var (params, meta) = (params, meta)
        meta["progressToken"] = token
        if !meta.isEmpty { params["_meta"] = .object(meta) }
        return try await peer.call(method, .object(params), within: Self.patience, number: number)
    }

    func call(
        _ tool: String,
        _ arguments: JSONValue = [:],
        with more: [String: JSONValue] = [:],
        number: Int? = nil,
        token: JSONValue? = nil
    ) async throws(RPCFault) -> JSONValue {
        let params = ["name": .string(tool), "arguments": arguments].merging(more) { $1 }
        return try await ask("tools/call", params, number: number, token: token)
    }

    /// The value of a call that went well.
    func value(_ tool: String, _ arguments: JSONValue = [:], token: JSONValue? = nil) async throws -> JSONValue {
        let result = try await call(tool, arguments, token: token)
        try #require(result["isError"] == nil, "\(result)")
        return try #require(result["structuredContent"])
    }

    /// What a call says that did not go well.
    func complaint(_ tool: String, _ arguments: JSONValue = [:], with more: [String: JSONValue] = [:]) async throws
        -> String
    {
        let result = try await call(tool, arguments, with: more)
        #expect(result["isError"] == true, "\(result)")
        return result["content"]?.elements.first?["text"]?.text ?? ""
    }

    func tools() async throws -> [String] {
        try await ask("tools/list")["tools"]?.elements.compactMap { $0["name"]?.text } ?? []
    }

    /// Follows a run until it rests.
    func rest(of run: String) async throws -> JSONValue {
        while true {
            let seen = try await value("watch_run", ["run": .string(run), "wait_seconds": 60, "limit": 200])
            if seen["status"] != "running" { return seen }
        }
    }

    /// Writes bytes as they are.
    func inject(_ text: String) { _ = text.withCString { send(socket, $0, strlen($0), Int32(MSG_NOSIGNAL)) } }

    static let patience = Duration.seconds(300)
}
