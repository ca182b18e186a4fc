public import PipelineEngine
public import PipelineKit
public import RPCKit

/// Sluice as an agent of the Agent Client Protocol, version 1: an editor has it work on a project, follows, and asks the
/// person (<https://agentclientprotocol.com>).
public struct ACPAgent: Sendable {
    private let dialogue: ACPDialogue

    public init(_ services: Services, _ settings: ACPSettings) { dialogue = ACPDialogue(services, settings) }

    /// Serves one editor, until it ends. Runs are carried on for as long as the services serve.
    ///
    /// - Parameter peer: Not started yet.
    /// - Throws: when the system has no thread to spare.
    /// - Returns: why there is nothing more to be said.
    @discardableResult
    public func serve(_ peer: RPCPeer) async throws(Failure) -> Failure {
        try dialogue.start(over: peer)
        return await peer.waitForEnd()
    }

    /// Has the turn that waits for a run hear that it is not carried on here, and why.
    public func leaveAlone(_ run: RunID, _ reason: String) { dialogue.leaveAlone(run, reason) }
}
