import PipelineEngine
import PipelineKit

/// `sluice resume --due`: carries on every run whose moment has come, one after the other, and asks nobody anything.
struct WakingDue: Sendable {
    let services: Services
    let session: Session
    let json: Bool

    /// - Returns: the worst status of all that were woken.
    func run() async throws(CommandError) -> ExitStatus {
        let woken = try await asking { () throws(ServiceError) in
            try await services.wakeUps.sweep { run async throws(ServiceError) in
                try await RunConductor(services, session, run, json: json).wake()
            }
        }
        if woken.isEmpty, !json { Output.line("No run is due.") }
        return woken.map(status).max { $0.badness < $1.badness } ?? .achieved
    }

    private func status(_ woken: WakeUps.Woken) -> ExitStatus {
        do throws(ServiceError) { return ExitStatus(try woken.outcome.get().status) } catch {
            let error = CommandError(error)
            Output.error("run \(woken.run): \(error.message)")
            return error.status
        }
    }
}

extension ExitStatus {
    /// Waiting is better than an end without the goal, and that is better than no end at all.
    fileprivate var badness: Int {
        switch self {
        case .achieved: 0
        case .waiting: 1
        case .notAchieved: 2
        case .usage: 3
        case .broken: 4
        }
    }
}
