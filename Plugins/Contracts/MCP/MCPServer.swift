public import HTTPKit
public import PipelineEngine
public import PipelineKit
public import RPCKit

/// Sluice as a server of the Model Context Protocol: runs of one project, for any client.
///
/// Spoken are 2025-11-25 and the revisions before it, and 2026-07-28; which, each client decides.
public struct MCPServer: Sendable {
    private let desk: Desk

    /// - Parameters:
    ///   - native: Sluice's own interface over the same services: tools are its routes.
    public init(_ services: Services, native: APIContract, _ settings: MCPSettings) {
        desk = Desk(services: services, door: NativeDoor(native), settings: settings)
    }

    /// Serves one client, until it ends.
    ///
    /// - Parameter peer: Not started yet. Runs are carried on for as long as the services serve.
    /// - Throws: when the system has no thread to spare.
    /// - Returns: why there is nothing more to be said.
    @discardableResult
    public func serve(_ peer: RPCPeer) async throws(Failure) -> Failure {
        let dialogue = MCPDialogue(desk)
        try dialogue.start(over: peer)
        let end = await peer.waitForEnd()
        dialogue.end()
        return end
    }
}
