import PipelineKit

/// The states that were looked at last: clients ask for the same run again and again, and its history may be long.
struct RecentStates {
    /// The first was asked for last.
    private var states: [(run: RunID, state: RunState)] = []
    private static let most = 16

    subscript(run: RunID) -> RunState? {
        mutating get {
            guard let index = states.firstIndex(where: { $0.run == run }) else { return nil }
            if index > 0 { states.insert(states.remove(at: index), at: 0) }
            return states[0].state
        }
        set {
            states.removeAll { $0.run == run }
            guard let newValue else { return }
            states.insert((run, newValue), at: 0)
            if states.count > Self.most { states.removeLast() }
        }
    }
}
