/// The messages of a conversation, oldest first: an array of which a copy costs a word, and a changed copy little more.
///
/// A request holds all that was said, and the conversation goes on while the model answers. Chunks are never empty, and
/// all but the last are full, so that two are equal when their chunks are.
public struct Messages: Sendable, Hashable {
    private var chunks: [[Message]] = []
    public private(set) var count = 0

    private static let size = 64

    public init() {}

    public init(_ messages: some Sequence<Message>) { append(contentsOf: messages) }

    public mutating func append(_ message: Message) {
        if count % Self.size == 0 { chunks.append([]) }
        chunks[count / Self.size].append(message)
        count += 1
    }

    public mutating func append(contentsOf messages: some Sequence<Message>) {
        for message in messages { append(message) }
    }
}

extension Messages: RandomAccessCollection, MutableCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(index: Int) -> Message {
        _read { yield chunks[index / Self.size][index % Self.size] }
        _modify { yield &chunks[index / Self.size][index % Self.size] }
    }
}

extension Messages: ExpressibleByArrayLiteral {
    public init(arrayLiteral messages: Message...) { self.init(messages) }
}
