import CLinux
import Glibc
import LoadKit
import PipelineKit

/// Measures the server with clients that this process plays, on one thread.
final class ServeBench {
    enum Part: String, CaseIterable {
        case routes, fanout, idle, slow
    }

    /// What is asked for, within bounds.
    struct Amounts: Sendable {
        var subscribers: Int
        /// Steps a second; each is an event.
        var rate: Int
        /// Of each measurement.
        var seconds: Int
    }

    let amounts: Amounts
    let lines = BenchLines()
    let server: ServerProcess
    /// Runs that were started.
    var runs = 0

    /// Milliseconds in which a run comes to stand, or to its end behind its last step.
    static let patience = 60_000

    /// - Parameter directory: From a person, for the server; `nil` for a new one that is removed in the end.
    private init(_ amounts: Amounts, directory: String?, environment: [String: String]) throws(CommandError) {
        self.amounts = amounts
        let place = directory.map { ["--dir", $0] } ?? []
        let words = ["bench", "serve", "server", "--subscribers", "\(amounts.subscribers)"] + place
        server = try ServerProcess(words, environment: environment)
    }

    /// Measures on a thread of its own, as it blocks.
    static func measure(
        _ parts: [Part],
        _ amounts: Amounts,
        directory: String?,
        environment: [String: String]
    ) async throws(CommandError) {
        try amounts.claimDescriptors()
        let error = await withCheckedContinuation { (waiter: CheckedContinuation<CommandError?, Never>) in
            do throws(Failure) {
                try BlockingThread.start {
                    do throws(CommandError) {
                        try ServeBench(amounts, directory: directory, environment: environment).measure(parts)
                        waiter.resume(returning: nil)
                    } catch {
                        waiter.resume(returning: error)
                    }
                }
            } catch {
                waiter.resume(returning: .broken(error.message))
            }
        }
        if let error { throw error }
    }

    private func measure(_ parts: [Part]) throws(CommandError) {
        defer { server.end() }
        lines.tell("ready", ["version": .string(Version.number), "server": .int(Int(server.pid))])
        for part in parts {
            switch part {
            case .routes: try measureRoutes()
            case .fanout: try measureFanout()
            case .idle: try measureIdle()
            case .slow: try measureSlow()
            }
        }
        lines.tell("end")
    }

    func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }
}

extension ServeBench.Amounts {
    /// Of the server: the engine's files, and connections of those that are there before.
    private static let otherDescriptors = 800

    /// Has the system let this process have so many connections, as the server does for itself.
    ///
    /// - Throws: with what to do, when the system does not let a process have so many connections.
    func claimDescriptors() throws(CommandError) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let most = Int(clamping: limit.rlim_max)
        let needed = subscribers + ServeBench.silent(among: subscribers) + Self.otherDescriptors
        sluice_allow_descriptors(UInt64(needed))
        guard needed > most else { return }
        let fewer = (most - Self.otherDescriptors - 1) * 10 / 11
        let instead = fewer > 0 ? ", or ask for at most \(fewer) with --subscribers" : ""
        throw .usage(
            """
            For \(subscribers) subscribers a process needs \(needed) descriptors, and it may have \(most) here. \
            Raise that with 'ulimit -Hn \(needed)'\(instead).
            """
        )
    }
}
