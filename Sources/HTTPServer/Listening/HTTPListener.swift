import CLinux
import PipelineKit
import Synchronization

/// One address, and what is served there.
public final class HTTPListener: Sendable {
    private struct State {
        var isRunning = false
        var isOver = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let settings: ListenerSettings
    private let site: Site
    private let doors: EventLoop.Doors
    private let counters = Counters()
    private let state = Mutex(State())

    /// Begins to listen; who connects waits until ``run()``.
    ///
    /// - Throws: a sentence when the address cannot be had.
    public init(_ settings: ListenerSettings, site: Site) throws(ListenerError) {
        self.settings = settings
        self.site = site
        let socket = try ListeningSocket(host: settings.host, port: settings.port)
        doors = EventLoop.Doors(socket: socket, mailbox: try Mailbox(), poller: try Poller())
        sluice_allow_descriptors(UInt64(settings.maxConnections) + 256)
    }

    /// Where it listens; the one that was free when any was asked for.
    public var port: Int { doors.socket.port }

    public var figures: ListenerFigures { counters.figures }

    /// Serves until it was told to end and everything is closed. Cancelling the task ends it at once.
    ///
    /// - Throws: when the system has no thread or descriptor to spare.
    public func run() async throws(ListenerError) {
        try start()
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOver = state.withLock { state in
                    if !state.isOver { state.waiters.append(waiter) }
                    return state.isOver
                }
                if isOver { waiter.resume() }
            }
        } onCancel: {
            shutDown(within: .zero)
        }
    }

    /// Takes no connection any more, lets requests under way be answered, tells WebSockets to go (1001), and closes
    /// what is left when the time is over. Returns at once; ``run()`` returns when all is closed.
    public func shutDown(within time: Duration) {
        doors.mailbox.post(.shutDown(within: time.milliseconds))
    }

    private func start() throws(ListenerError) {
        let wasRunning = state.withLock { state in
            defer { state.isRunning = true }
            return state.isRunning
        }
        guard !wasRunning else { return }
        do throws(Failure) {
            try BlockingThread.start { self.serve() }
        } catch {
            throw ListenerError(error.message)
        }
    }

    private func serve() {
        EventLoop(settings, site, counters, doors).run()
        let waiters = state.withLock { state in
            state.isOver = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
