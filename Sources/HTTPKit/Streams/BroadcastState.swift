/// What a broadcast keeps: the renderer, the last frames, and who follows.
struct BroadcastState<Renderer: FrameRenderer>: Sendable {
    struct Follower {
        let sink: any FrameSink
        let wish: FollowerWish
    }

    /// `nil` until somebody has read the history.
    private(set) var renderer: Renderer?
    /// The sequence of the last item that was published.
    private var last = 0
    /// What happened while the first follower still reads.
    private var early: [Renderer.Item] = []
    /// Of what happened up to here, something is missing in `early`.
    private var forgotten = 0
    private var recent = RecentFrames()
    private var followers: [ObjectIdentifier: Follower] = [:]

    /// Items that wait for the first follower; it reads what is more than that in the history.
    private static var mostEarly: Int { 1024 }

    var hasBegun: Bool { renderer != nil }
    private var isOver: Bool { renderer?.isOver ?? false }

    /// - Returns: whether a follower that has everything up to a position need not read the history any more.
    func reaches(back position: Int) -> Bool {
        renderer == nil ? forgotten <= position : recent.floor <= position || last <= position
    }

    /// - Returns: whether what is kept of later sequences is little enough to be pushed at once.
    func lacksLittle(_ wish: FollowerWish) -> Bool {
        missed(by: wish).reduce(0) { $0 + $1.text.count } <= RecentFrames.mostAtOnce
    }

    /// What is kept here and a follower is to be sent.
    private func missed(by wish: FollowerWish) -> ArraySlice<Frame> {
        recent.frames(after: wish.after).drop { !wish.includes($0) }
    }

    /// Takes in a follower, the first together with its renderer.
    mutating func add(_ sink: any FrameSink, _ renderer: Renderer, position: Int, _ wish: FollowerWish) {
        if !hasBegun { begin(renderer, at: position) }
        var wish = wish
        wish.after = max(wish.after, position)
        add(sink, wish)
    }

    /// Takes in a follower, once the broadcast has begun.
    mutating func add(_ sink: any FrameSink, _ wish: FollowerWish) {
        followers[ObjectIdentifier(sink)] = Follower(sink: sink, wish: wish)
        sink.push(missed(by: wish))
        if let standing = renderer?.standing { sink.push([standing]) }
        if isOver { sink.close(.normal, "") }
    }

    mutating func remove(_ sink: any FrameSink) { followers[ObjectIdentifier(sink)] = nil }

    mutating func take(_ item: Renderer.Item) {
        let sequence = Renderer.sequence(of: item)
        if let sequence {
            guard sequence > last else { return }
            last = sequence
        }
        guard renderer != nil else { return postpone(item, sequence) }
        let frames = render(item)
        send(frames)
    }

    private mutating func begin(_ renderer: Renderer, at position: Int) {
        self.renderer = renderer
        last = max(last, position)  // what the renderer has read is not rendered again
        recent = RecentFrames(after: position)
        for item in early where Renderer.sequence(of: item).map({ $0 > position }) ?? false { _ = render(item) }
        early = []
    }

    private mutating func postpone(_ item: Renderer.Item, _ sequence: Int?) {
        guard let sequence else { return }
        early.append(item)
        guard early.count > Self.mostEarly else { return }
        forgotten = sequence
        early = []
    }

    private mutating func render(_ item: Renderer.Item) -> [Frame] {
        let frames = renderer?.frames(for: item) ?? []
        recent.append(frames)
        return frames
    }

    private func send(_ frames: [Frame]) {
        guard !frames.isEmpty || isOver else { return }
        for follower in followers.values {
            follower.sink.push(frames.drop { !follower.wish.includes($0) })
            if isOver { follower.sink.close(.normal, "") }
        }
    }
}

/// What a client wants that comes to a stream.
struct FollowerWish: Sendable {
    /// The last sequence that it does not want; 0 for everything.
    var after: Int
    /// The last number that it does not want, where the contract has numbers of its own.
    var beyond = 0

    /// Whether a frame is to be sent; what is not kept always is.
    func includes(_ frame: Frame) -> Bool {
        (frame.sequence.map { $0 > after } ?? true) && (frame.number.map { $0 > beyond } ?? true)
    }
}
