import Synchronization

/// The runs that clients of one contract follow, each rendered once for all its followers.
public final class Broadcasts<Renderer: FrameRenderer>: Sendable {
    /// Where what is told comes from.
    public struct Source: Sendable {
        /// Items of a run after a sequence, in order, as many as are read at once; none at the end.
        public var page: @Sendable (_ run: String, _ after: Int) async throws(HTTPError) -> [Renderer.Item]
        /// Hands over what happens in a run from now on, in order and without a gap, until what it returned is called.
        public var observe:
            @Sendable (_ run: String, _ receive: @escaping @Sendable (Renderer.Item) -> Void) -> @Sendable () -> Void
        /// What a client's history of a run begins with, that wants what comes after a sequence.
        public var start: @Sendable (_ run: String, _ after: Int) async throws(HTTPError) -> Start

        /// - Parameter renderer: What the history of a run is rendered with, from its first item on.
        public init(
            page: @escaping @Sendable (_ run: String, _ after: Int) async throws(HTTPError) -> [Renderer.Item],
            observe:
                @escaping @Sendable (_ run: String, _ receive: @escaping @Sendable (Renderer.Item) -> Void) ->
                @Sendable () -> Void,
            renderer: @escaping @Sendable (_ run: String) -> Renderer
        ) {
            self.page = page
            self.observe = observe
            start = { run, _ in Start(renderer: renderer(run), position: 0) }
        }
    }

    /// Where a history begins to be read.
    public struct Start: Sendable {
        /// What the rest of it is rendered with.
        public var renderer: Renderer
        /// The sequence of the last item that need not be read; never more than there are.
        public var position: Int

        public init(renderer: Renderer, position: Int) {
            self.renderer = renderer
            self.position = position
        }
    }

    private struct Entry {
        let broadcast: Broadcast<Renderer>
        let stop: @Sendable () -> Void
        var members: Set<ObjectIdentifier>
    }

    private let source: Source
    private let entries = Mutex<[String: Entry]>([:])

    public init(_ source: Source) { self.source = source }

    /// How many runs are followed by somebody.
    public var count: Int { entries.withLock(\.count) }

    /// A stream that tells a client all of a run after a sequence: first what is recorded, then what happens, without
    /// a gap and nothing twice; it ends when the run does.
    ///
    /// - Parameters:
    ///   - after: 0 for everything.
    ///   - beyond: The last number that the client has, where the contract has numbers of its own (``Frame/number``).
    ///   - received: What to do with texts that the client sends.
    public func session(
        of run: String,
        after: Int,
        beyond: Int = 0,
        received: @escaping @Sendable (any FrameSink, [UInt8]) -> Void = { _, _ in }
    ) -> StreamSession {
        StreamSession(
            opened: { await self.follow(run, FollowerWish(after: after, beyond: beyond), $0) },
            received: received,
            closed: { self.leave(run, $0) }
        )
    }

    private func follow(_ run: String, _ wish: FollowerWish, _ sink: any FrameSink) async {
        let broadcast = enter(run, sink)
        do throws(HTTPError) {
            try await replay(run, wish, sink, broadcast)
        } catch {
            sink.close(.internalError, error.message)
        }
        // The client may have gone before it had joined; then nobody else takes it out.
        if await !sink.send([]) { leave(run, sink) }
    }

    private func replay(
        _ run: String,
        _ wish: FollowerWish,
        _ sink: any FrameSink,
        _ broadcast: Broadcast<Renderer>
    ) async throws(HTTPError) {
        // Who was here a moment ago, and comes back among others, has nothing to read.
        if broadcast.rejoin(sink, wish) { return }
        var start = try await source.start(run, wish.after)
        while true {
            let items = try await source.page(run, start.position)
            guard !items.isEmpty else {
                if broadcast.join(sink, start.renderer, position: start.position, wish) { return }
                continue
            }
            var frames: [Frame] = []
            for item in items {
                start.position = Renderer.sequence(of: item) ?? start.position
                frames += start.renderer.frames(for: item).filter { $0.sequence != nil && wish.includes($0) }
            }
            guard await sink.send(frames) else { return }
        }
    }

    /// The run's broadcast, which goes on as long as somebody is in it.
    private func enter(_ run: String, _ sink: any FrameSink) -> Broadcast<Renderer> {
        entries.withLock { entries in
            if let entry = entries[run] {
                entries[run]?.members.insert(ObjectIdentifier(sink))
                return entry.broadcast
            }
            let broadcast = Broadcast<Renderer>()
            let stop = source.observe(run) { broadcast.publish($0) }
            entries[run] = Entry(broadcast: broadcast, stop: stop, members: [ObjectIdentifier(sink)])
            return broadcast
        }
    }

    private func leave(_ run: String, _ sink: any FrameSink) {
        let stop = entries.withLock { entries -> (@Sendable () -> Void)? in
            guard let entry = entries[run], entry.members.contains(ObjectIdentifier(sink)) else { return nil }
            entry.broadcast.leave(sink)
            entries[run]?.members.remove(ObjectIdentifier(sink))
            guard entry.members.count == 1 else { return nil }
            entries[run] = nil
            return entry.stop
        }
        stop?()
    }
}
