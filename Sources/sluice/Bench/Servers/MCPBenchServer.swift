import PipelineKit
import RPCKit

/// The smallest server there is: one tool, which says again what it was told.
enum MCPBenchServer {
    static func run() async throws(CommandError) -> ExitStatus {
        let peer = RPCPeer(over: OwnStreams(), .lines)
        do throws(Failure) {
            try peer.start(RPCHandler(request: { request throws(RPCError) in try answer(request) }))
        } catch {
            throw .broken(error.message)
        }
        _ = await peer.waitForEnd()
        return .achieved
    }

    private static func answer(_ request: RPCRequest) throws(RPCError) -> JSONValue {
        switch request.method {
        case "initialize":
            return [
                "protocolVersion": request.params?["protocolVersion"] ?? "2025-11-25", "capabilities": ["tools": [:]],
                "serverInfo": ["name": "bench", "version": .string(Version.number)],
            ]
        case "tools/list": return ["tools": [["name": "echo", "inputSchema": ["type": "object"]]]]
        case "tools/call":
            let text = request.params?["arguments"]?["text"] ?? ""
            return ["content": [["type": "text", "text": text]]]
        default: throw RPCError(RPCError.methodNotFound, "There is no method '\(request.method)'.")
        }
    }
}
