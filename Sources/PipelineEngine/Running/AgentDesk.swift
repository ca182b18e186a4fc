import PipelineKit
import Synchronization

/// Where calls find what has runs work for them. It is made of what carries calls out, so it is filled in last.
final class AgentDesk: Sendable {
    private struct Place {
        weak var runs: RunService?
    }

    private let place = Mutex(Place())

    func open(_ runs: RunService) { place.withLock { $0.runs = runs } }

    var runs: RunService? { place.withLock(\.runs) }
}
