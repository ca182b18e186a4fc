import Synchronization

/// What happens in one run, told to all who follow it: each item is rendered and encoded once.
///
/// Whoever comes first reads the history up to the present, and hands over the renderer that has seen all of it. Who
/// comes later reads the history with a renderer of its own, until what it has reaches into the frames that are still
/// kept here; from then on it costs nothing but its place in the list.
///
/// Frames are queued under the lock, so that nobody who joins meanwhile gets them in another order.
final class Broadcast<Renderer: FrameRenderer>: Sendable {
    private let state = Mutex(BroadcastState<Renderer>())

    /// Tells all followers of the next item; to be called in the order of the items, from one place at a time.
    func publish(_ item: Renderer.Item) { state.withLock { $0.take(item) } }

    /// Takes a follower in, if what it has reaches into what is kept here.
    ///
    /// - Parameters:
    ///   - renderer: What the follower rendered the history with.
    ///   - position: The sequence of the last item that went through it.
    ///   - wish: What of it the follower wants to be sent.
    /// - Returns: `false` when it has to read on in the history first.
    func join(_ sink: any FrameSink, _ renderer: Renderer, position: Int, _ wish: FollowerWish) -> Bool {
        state.withLock { state in
            guard state.reaches(back: position) else { return false }
            state.add(sink, renderer, position: position, wish)
            return true
        }
    }

    /// Takes a follower in without its having read anything, if all that it lacks is kept here, and is no more than a
    /// client may be given at once. Who lacks more reads the history, where somebody waits for it to read.
    func rejoin(_ sink: any FrameSink, _ wish: FollowerWish) -> Bool {
        state.withLock { state in
            guard state.hasBegun, state.reaches(back: wish.after), state.lacksLittle(wish) else { return false }
            state.add(sink, wish)
            return true
        }
    }

    func leave(_ sink: any FrameSink) { state.withLock { $0.remove(sink) } }
}
