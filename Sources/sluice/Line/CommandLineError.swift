import PipelineEngine
import PipelineKit

/// How a command ends, as the number its caller reads (sysexits(3) for 64 and 70).
enum ExitStatus: Int32 {
    case achieved = 0
    case notAchieved = 1
    case waiting = 2
    case usage = 64
    case broken = 70

    init(_ status: RunStatus) {
        switch status {
        case .achieved: self = .achieved
        case .waiting: self = .waiting
        case .running, .notAchieved, .aborted, .failed: self = .notAchieved
        }
    }
}

/// Why a command did not do its work, for the person who gave it.
struct CommandError: Error {
    var status: ExitStatus
    /// Whole lines.
    var message: String

    /// What was asked cannot be: the command line, the pipeline or the state of a run does not allow it.
    static func usage(_ message: String) -> CommandError { CommandError(status: .usage, message: message) }
    static func broken(_ message: String) -> CommandError { CommandError(status: .broken, message: message) }

    init(status: ExitStatus, message: String) {
        self.status = status
        self.message = message
    }

    init(_ error: ServiceError) {
        switch error {
        case .noSuchRun: self = .usage("\(error) 'sluice runs' lists them.")
        case .invalid: self = .usage("\(error)")
        case .refused, .busy: self = CommandError(status: .notAchieved, message: "\(error)")
        case .store, .broken: self = .broken("\(error)")
        }
    }
}

/// Calls a service and words its errors for a command's caller.
func asking<Value>(_ call: () async throws(ServiceError) -> Value) async throws(CommandError) -> Value {
    do throws(ServiceError) { return try await call() } catch { throw CommandError(error) }
}
