import Glibc
import PipelineEngine
import PipelineKit
import RPCKit

/// Runs for whoever has started this program and speaks with it over its standard streams.
///
/// Standard output carries messages and nothing else; what is for people goes to standard error.
struct StandardStreams: Sendable {
    private let services: Services
    private let session: Session
    /// Told of each run that is not carried on here, and why, besides the person who reads standard error.
    var leftAlone: @Sendable (RunID, String) -> Void = { _, _ in }

    init(_ services: Services, _ session: Session) { (self.services, self.session) = (services, session) }

    /// Carries runs on and speaks, until the other side or a signal ends it.
    ///
    /// What is under way then is stopped, and nothing is recorded about that: the runs stay open, for whoever takes them up.
    func serve(
        takingUp takesUp: @escaping @Sendable (RunSummary) -> Bool,
        _ speak: (RPCPeer) async throws(Failure) -> Void
    ) async throws(CommandError) -> ExitStatus {
        signal(SIGPIPE, SIG_IGN)  // whoever reads no more is told by the write that fails
        session.endLeftovers()
        let peer = RPCPeer(over: OwnStreams(), .lines)
        let signals = StopSignals { [weak peer] in peer?.close() }
        defer { withExtendedLifetime(signals) {} }
        var policy = ServingPolicy { [leftAlone] run, reason in
            leftAlone(run, reason)
            Output.error("Run \(run) is left alone: \(reason)")
        }
        policy.takesUp = takesUp
        let failure = await services.serving(policy) { () async -> Failure? in
            do throws(Failure) { try await speak(peer) } catch { return error }
            return nil
        }
        if let failure { throw .broken(failure.message) }
        return .achieved
    }
}
