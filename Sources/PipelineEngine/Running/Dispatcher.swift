import PipelineKit
import Synchronization

/// Carries runs on for a process that serves: so many at once, the others in the order they came.
///
/// A run in line is a name and nothing else. None of them is lost with the process: whoever serves next finds them in the
/// store (``Sweeper``).
final class Dispatcher: Sendable {
    /// A run that is not carried on for now, and why.
    private struct Aside {
        /// `nil` for until somebody submits it again.
        var until: Instant?
        var reason: String
    }

    private struct Line {
        var isOpen = false
        var places = 0
        var waiting: ArraySlice<RunID> = []
        var isWaiting: Set<RunID> = []
        var active: Set<RunID> = []
        /// Active ones that were submitted again.
        var again: Set<RunID> = []
        var asides: [RunID: Aside] = [:]
        var signal: AsyncStream<Void>.Continuation?

        mutating func enter(_ run: RunID) {
            if isWaiting.insert(run).inserted { waiting.append(run) }
        }

        func isAside(_ run: RunID, at now: Instant) -> Bool {
            asides[run].map { $0.until.map { now < $0 } ?? true } ?? false
        }
    }

    /// How long a run is left to whoever else is at it before it is looked at again.
    private static let patience = Duration.seconds(5)
    /// How long a run is left alone after the store failed it.
    private static let recovery = Duration.seconds(10)

    private let keeper: RunKeeper
    private let readiness: Readiness
    private let clock: EngineClock
    private let line = Mutex(Line())

    init(keeper: RunKeeper, readiness: Readiness, clock: EngineClock) {
        self.keeper = keeper
        self.readiness = readiness
        self.clock = clock
    }

    /// How many runs wait for a place.
    var count: Int { line.withLock(\.waiting.count) }
    /// They, in their order.
    var waiting: [RunID] { line.withLock { Array($0.waiting) } }
    /// The runs that are being carried on.
    var active: Set<RunID> { line.withLock(\.active) }

    /// Puts a run in line. One that is in line already stays where it is; one that is being carried on is looked at once
    /// more afterwards.
    func submit(_ run: RunID) {
        let signal = line.withLock { line in
            line.asides[run] = nil
            if line.active.contains(run) { line.again.insert(run) } else { line.enter(run) }
            return line.signal
        }
        signal?.yield()
    }

    /// Puts a run in line that was found in the store, unless it is there, being carried on, or set aside.
    func offer(_ run: RunID) {
        let now = clock.now()
        let signal = line.withLock { line -> AsyncStream<Void>.Continuation? in
            guard !line.active.contains(run), !line.isAside(run, at: now) else { return nil }
            line.enter(run)
            return line.signal
        }
        signal?.yield()
    }

    /// Lets ``run(_:)`` begin runs, so many at once.
    func open(_ policy: ServingPolicy) {
        line.withLock { line in
            line.isOpen = true
            line.places = max(1, policy.runs)
        }
    }

    /// Carries on what is in line, until ``close()`` and the end of what was begun by then, or until the task is
    /// cancelled, and with it all that is under way.
    func run(_ policy: ServingPolicy) async {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        line.withLock { $0.signal = signal }
        signal.yield()
        await withDiscardingTaskGroup { group in
            for await _ in signals {
                while let run = begin() {
                    group.addTask {
                        await self.carryOn(run, policy)
                        self.end(run)
                    }
                }
                if isOver { return }
            }
        }
        line.withLock { $0.signal = nil }
    }

    /// Begins nothing more; what is in line is left for whoever serves next.
    func close() {
        let signal = line.withLock { line in
            line.isOpen = false
            line.waiting = []
            line.isWaiting = []
            line.again = []
            return line.signal
        }
        signal?.yield()
    }

    private var isOver: Bool { line.withLock { !$0.isOpen && $0.active.isEmpty } }

    private func begin() -> RunID? {
        line.withLock { line in
            guard line.isOpen, line.active.count < line.places, let run = line.waiting.popFirst() else { return nil }
            line.isWaiting.remove(run)
            line.active.insert(run)
            return run
        }
    }

    private func end(_ run: RunID) {
        let signal = line.withLock { line in
            line.active.remove(run)
            if line.again.remove(run) != nil, line.isOpen { line.enter(run) }
            return line.signal
        }
        signal?.yield()
    }

    @concurrent
    private func carryOn(_ run: RunID, _ policy: ServingPolicy) async {
        do throws(ServiceError) {
            let problem = try await keeper.takeUp(run, unless: problem(with:))
            if let problem {
                setAside(run, problem, until: nil, policy)
            } else {
                line.withLock { $0.asides[run] = nil }
            }
        } catch {
            switch error {
            case .noSuchRun, .refused: break  // somebody cleaned up, or moved the run on
            case .busy: line.withLock { $0.asides[run] = Aside(until: clock.now() + Self.patience, reason: "") }
            case .store(.unavailable): setAside(run, "\(error)", until: clock.now() + Self.recovery, policy)
            case .store, .invalid, .broken: setAside(run, "\(error)", until: nil, policy)
            }
        }
    }

    /// What this machine lacks for a run; `nil` for nothing. Not inlined: a pipeline is large, and its caller waits long.
    @inline(never)
    private func problem(with state: RunState) -> String? {
        guard let pipeline = state.currentPipeline else { return nil }
        do throws(Failure) { try readiness.check(pipeline) } catch { return error.message }
        return nil
    }

    /// Leaves a run alone, and tells why once.
    private func setAside(_ run: RunID, _ reason: String, until: Instant?, _ policy: ServingPolicy) {
        let isNew = line.withLock { line in
            defer { line.asides[run] = Aside(until: until, reason: reason) }
            return line.asides[run]?.reason != reason
        }
        if isNew { policy.report(run, reason) }
    }
}
