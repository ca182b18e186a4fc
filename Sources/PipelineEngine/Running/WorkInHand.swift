import PipelineKit

/// What this process is at in a run, so that no two workers carry out the same.
struct WorkInHand {
    /// With the sequence of the run when each was begun. A few, so a list is searched faster than a dictionary.
    private var taken: [(effect: Effect, sequence: Int)] = []
    /// What a piece of work could not get past.
    private(set) var problem: ServiceError?

    var isEmpty: Bool { taken.isEmpty }

    /// Has nothing more taken.
    mutating func stop(_ error: ServiceError) { problem = problem ?? error }

    /// What is due in this state and nobody is at; somebody is from now on.
    ///
    /// - Parameter most: How many there is somebody for.
    /// - Returns: what was taken, and whether there is more.
    mutating func take(_ state: RunState, at now: Instant, most: Int = .max) -> (ArraySlice<Effect>, hasMore: Bool) {
        guard problem == nil else { return ([], false) }
        let due = state.effects.filter { effect in !taken.contains { $0.effect == effect } && effect.isDue(at: now) }
        for effect in due.prefix(most) { taken.append((effect, state.sequence)) }
        return (due.prefix(most), due.count > most)
    }

    /// Takes in how a piece of work ended. A refusal means that the run has moved on; work that ended and changed nothing
    /// would be offered for ever.
    mutating func end(_ effect: Effect, _ error: ServiceError?, _ state: RunState, of run: RunID, isCancelled: Bool) {
        let begunAt = taken.firstIndex { $0.effect == effect }.map { taken.remove(at: $0).sequence }
        if let error {
            if case .refused = error {} else { stop(error) }
        }
        guard problem == nil, begunAt == state.sequence, !isCancelled, state.effects.contains(effect) else { return }
        problem = .broken(
            "The step \(effect) of run '\(run)' ended and changed nothing.\(error.map { " \($0)" } ?? "")"
        )
    }
}

extension Effect {
    /// A deadline that has not passed is for later.
    fileprivate func isDue(at now: Instant) -> Bool {
        if case .wake(_, let at) = self { at <= now } else { true }
    }
}
