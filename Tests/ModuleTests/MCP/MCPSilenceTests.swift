import Foundation
import PipelineKit
import PipelineTesting
import ProviderKit
import RPCKit
import Synchronization
import Testing

@testable import MCPTool

/// A server that says nothing more is not kept for the rest of the run.
struct MCPSilenceTests {
    /// Answers, or does not, as it is told.
    private final class Wire: ServerWire {
        let answers: Mutex<[Result<JSONValue, RPCFault>]>
        let closes = Atomic<Int>(0)

        init(_ answers: [Result<JSONValue, RPCFault>]) { self.answers = Mutex(answers) }

        func call(_ call: WireCall, within patience: Duration) async throws(RPCFault) -> JSONValue {
            try answers.withLock { $0.removeFirst() }.get()
        }

        func notify(_ method: String) {}
        func adopt(_ agreement: Agreement) {}
        var end: Failure? { nil }
        func close() { closes.add(1, ordering: .relaxed) }
        func lastWords() async -> String? { nil }
    }

    /// How often a server is ended that answers so.
    private func ends(_ answers: Result<JSONValue, RPCFault>...) async -> Int {
        let wire = Wire(answers)
        let session = ServerSession(
            wire,
            Agreement(style: .handshake, version: Revision.handshake, capabilities: [:]),
            ServerTalk(workspace: "/"),
            CallNumbers(),
            ClientWords(version: "1.2.3")
        )
        for _ in answers { _ = try? await session.ask("tools/call", within: .seconds(60)) }
        return wire.closes.load(ordering: .relaxed)
    }

    @Test func onlySilencesInARowEndAServer() async {
        let refused = Result<JSONValue, RPCFault>.failure(.refused(RPCError(RPCError.methodNotFound, "No.")))
        #expect(await ends(.failure(.timedOut)) == 0)
        #expect(await ends(.failure(.timedOut), .failure(.timedOut)) == 1)
        #expect(await ends(.failure(.timedOut), .success([:]), .failure(.timedOut)) == 0)
        #expect(await ends(.failure(.timedOut), refused, .failure(.timedOut)) == 0)
        #expect(await ends(.failure(.timedOut), .failure(.cancelled), .failure(.timedOut)) == 1)
    }

    /// One thread, so that a call which hangs keeps all others waiting.
    private static let hanging = """
        import json, os, sys, time
        for line in sys.stdin:
            message = json.loads(line)
            if "id" not in message: continue
            result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}}
            if message["method"] == "tools/call":
                if message["params"]["name"] == "hang": time.sleep(3600)
                result = {"content": [{"type": "text", "text": str(os.getpid())}]}
            print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
        """

    private func call(_ tool: String, of server: MCPServer, within patience: Duration) async throws(Failure)
        -> JSONValue
    {
        try await server.ask(tool) { session throws(RPCFault) in
            try await session.ask("tools/call", ["name": .string(tool)], within: patience)
        }
    }

    @Test func oneThatHangsIsStartedAgainAfterTwoCalls() async throws {
        try await withTemporaryWorkspace { workspace in
            var declaration = ServerDeclaration()
            declaration.command = ["/usr/bin/python3", "-c", Self.hanging]
            declaration.protocol = .handshake
            let server = MCPServer(
                ServerIdentity("fake", declaration, workspace),
                ServerMeans(transport: CurlTransport(), secrets: { _ in nil }, version: "1.2.3")
            )
            let first = try await call("pid", of: server, within: .seconds(60))
            for _ in 0..<2 {
                let failure = await #expect(throws: Failure.self) {
                    _ = try await call("hang", of: server, within: .milliseconds(50))
                }
                #expect(failure?.kind == .timedOut)
            }
            let second = try await call("pid", of: server, within: .seconds(60))
            #expect(second["content"] != nil && second != first)
        }
    }
}
