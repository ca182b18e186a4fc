import Foundation
import PipelineKit
import RPCKit
import Testing

/// Two peers that speak with each other over real sockets of the system.
struct RPCPair {
    let near: RPCPeer
    let far: RPCPeer
    private let sockets: [Int32]

    static func with(
        _ framing: RPCFraming = .lines,
        near: RPCHandler = RPCHandler(),
        far: RPCHandler = RPCHandler(),
        _ body: (RPCPair) async throws -> Void
    ) async throws {
        var sockets: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
        let pair = RPCPair(sockets, framing)
        try pair.near.start(near)
        try pair.far.start(far)
        defer { pair.end() }
        try await body(pair)
    }

    private init(_ sockets: [Int32], _ framing: RPCFraming) {
        self.sockets = sockets
        near = RPCPeer(over: OwnStreams(reading: sockets[0], writing: sockets[0]), framing)
        far = RPCPeer(over: OwnStreams(reading: sockets[1], writing: sockets[1]), framing)
    }

    /// Writes bytes as if the far side had.
    func inject(_ text: String) {
        _ = text.withCString { send(sockets[1], $0, strlen($0), Int32(MSG_NOSIGNAL)) }
    }

    /// Ends the conversation for both sides.
    func end() { for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) } }
}
