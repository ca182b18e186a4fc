/// Turns what happens in a run into the frames of one contract.
///
/// A value that is folded over the history from its first item on, so that a frame may tell of more than its item.
public protocol FrameRenderer: Sendable {
    associatedtype Item: Sendable

    /// The sequence of an item; `nil` for what is not kept.
    static func sequence(of item: Item) -> Int?

    /// The frames for the next item; none for what the contract does not tell.
    mutating func frames(for item: Item) -> [Frame]

    /// Whether nothing comes after what was rendered; the stream is closed then.
    var isOver: Bool { get }

    /// What a client is told once it has all there is: how things stand. It has no sequence; `nil` for nothing.
    var standing: Frame? { get }
}

extension FrameRenderer {
    public var standing: Frame? { nil }
}
