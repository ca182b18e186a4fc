/// One message of a stream, encoded once for all who follow it.
public final class Frame: Sendable {
    /// The sequence of what it tells of; a client that comes back names the last it has. `nil` for what is not kept:
    /// a piece of a text that is still being written. Several frames may tell of one sequence.
    public let sequence: Int?
    /// What kind of event it is to a client of server-sent events; `nil` for the usual, `message`.
    public let name: String?
    /// One JSON document in UTF-8, without a line break.
    public let text: [UInt8]

    public init(sequence: Int?, name: String? = nil, text: [UInt8]) {
        self.sequence = sequence
        self.name = name
        self.text = text
    }
}
