import Synchronization

/// Followers on threads of their own, told apart from the test that waits for them.
final class Arrivals: Sendable {
    private struct State {
        var missing: Int
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(missing: count)) }

    /// One has come.
    func one() {
        let waiter = state.withLock { state in
            state.missing -= 1
            return state.missing == 0 ? state.waiter : nil
        }
        waiter?.resume()
    }

    /// Waits until all have come.
    func all() async {
        await withCheckedContinuation { waiter in
            let areThere = state.withLock { state in
                if state.missing > 0 { state.waiter = waiter }
                return state.missing <= 0
            }
            if areThere { waiter.resume() }
        }
    }
}
