import Synchronization

/// What a listener has to do, and has done.
public struct ListenerFigures: Sendable, Hashable {
    /// Open now, WebSockets and streams among them.
    public var connections = 0
    public var webSockets = 0
    /// Streams of server-sent events.
    public var streams = 0
    /// Connections since the start.
    public var accepted = 0
    /// Connections that were one too many.
    public var refused = 0
    /// Requests that were answered.
    public var requests = 0
    public var bytesIn = 0
    public var bytesOut = 0
    /// Clients that read too slowly.
    public var dropped = 0
}

/// The figures while they change: written by the loop, read by whoever asks.
final class Counters: Sendable {
    let connections = Atomic(0)
    let webSockets = Atomic(0)
    let streams = Atomic(0)
    let accepted = Atomic(0)
    let refused = Atomic(0)
    let requests = Atomic(0)
    let bytesIn = Atomic(0)
    let bytesOut = Atomic(0)
    let dropped = Atomic(0)

    var figures: ListenerFigures {
        ListenerFigures(
            connections: connections.load(ordering: .relaxed),
            webSockets: webSockets.load(ordering: .relaxed),
            streams: streams.load(ordering: .relaxed),
            accepted: accepted.load(ordering: .relaxed),
            refused: refused.load(ordering: .relaxed),
            requests: requests.load(ordering: .relaxed),
            bytesIn: bytesIn.load(ordering: .relaxed),
            bytesOut: bytesOut.load(ordering: .relaxed),
            dropped: dropped.load(ordering: .relaxed)
        )
    }
}

extension Atomic<Int> {
    func add(_ number: Int) { add(number, ordering: .relaxed) }
}
