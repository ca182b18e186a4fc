import CLinux
import Glibc
import LoadKit
import PipelineKit

/// Measures the server with clients that this process plays, on one thread.
///
/// The server is a process of its own, so that what it uses is told apart from what its clients use: processor time by
/// its clock, memory by what the system says of it, without what that keeps for its sockets. Its engine and its store
/// are the real ones. A line for each figure:
///
///     {"ev":"route","method":"GET","path":"/health","connections":16,"answers":71342,"bytes":15,"per_second":23759,
///      "cpu_us":13.6,"p50_us":222.2,"p99_us":4423.7}
///     {"ev":"fanout","subscribers":500,"rate":100,"per_second":100,"delivered":338500,"p50_ms":6.91,"p99_ms":20.84,
///      "cpu_percent":44.3,"cpu_us":4.42,"client_cpu_percent":30.9}
///     {"ev":"idle","subscribers":500,"bytes_each":303,"resident_bytes":32542720,"cpu_percent":0.42}
///     {"ev":"slow","slow":20,"dropped":20,"endings":{"1013":20},"bytes":5242,"resident_bytes":50880512,
///      "peak_bytes":51331072, and what stands in "fanout", of those that read}
///
/// `rate` is asked for, `per_second` is what the run did: steps that ended. `delivered` counts all messages, of which a
/// step is two: that the model asked for it, and that it ended; `cpu_us` is what the server used for each, the run's own
/// work with it. The milliseconds are from the end of a step to the moment at which a subscriber has read of it; the step
/// is recorded on disk meanwhile, and the clients' own time is in them. `bytes_each` of few subscribers is mostly what
/// else a server does with memory.
/// `endings` is what those heard that read nothing before the others had all: 1013, or that the connection was cut.
struct ServeBench {
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
                        // A server for each: memory that one part has freed would be used by the next, and not be seen.
                        for part in parts {
                            try ServeBench(amounts, directory: directory, environment: environment).measure(part)
                        }
                        BenchLines().tell("end")
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

    private func measure(_ part: Part) throws(CommandError) {
        defer { server.end() }
        lines.tell(
            "ready",
            [
                "part": .string(part.rawValue), "version": .string(Version.number), "server": .int(Int(server.pid)),
            ]
        )
        do throws(CommandError) { try figures(of: part) } catch {
            // Its sockets end a moment before it does.
            throw server.ends(within: 200) ? .broken("The server that is measured has ended by itself.") : error
        }
    }

    private func figures(of part: Part) throws(CommandError) {
        switch part {
        case .routes: try measureRoutes()
        case .fanout: try measureFanout()
        case .idle: try measureIdle()
        case .slow: try measureSlow()
        }
    }

    func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }
}

extension ServeBench.Amounts {
    /// Of the server: the engine's files, and connections of those that are there before.
    private static let otherDescriptors = 800

    /// Has the system let this process have so many connections, as the server does for itself.
    ///
    /// - Throws: with what to do, when a process may not have so many.
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
