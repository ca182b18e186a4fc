import Synchronization

/// One message of a stream, encoded once for all who follow it.
public final class Frame: Sendable {
    /// The sequence of what it tells of; a client that comes back names the last it has. `nil` for what is not kept:
    /// a piece of a text that is still being written. Several frames may tell of one sequence.
    public let sequence: Int?
    /// What the client counts it as, where the contract has numbers of its own: then this is what a client names that comes
    /// back.
    public let number: Int?
    /// What kind of event it is to a client of server-sent events; `nil` for the usual, `message`.
    public let name: String?
    /// One JSON document in UTF-8, without a line break; or any bytes of a binary frame.
    public let text: [UInt8]
    /// Whether it is a binary message of a WebSocket; server-sent events have none.
    public let isBinary: Bool

    private let leads = Mutex<[[UInt8]?]>([nil, nil])

    public init(sequence: Int?, number: Int? = nil, name: String? = nil, text: [UInt8], isBinary: Bool = false) {
        self.sequence = sequence
        self.number = number
        self.name = name
        self.text = text
        self.isBinary = isBinary
    }

    /// A protocol that a frame is sent by.
    package enum Wire: Int, Sendable {
        case webSocket
        case events
    }

    /// What stands before the text when it is sent by a protocol: written for the first client, shared by all others.
    package func lead(_ wire: Wire, _ write: (Frame) -> [UInt8]) -> [UInt8] {
        leads.withLock { leads in
            if let lead = leads[wire.rawValue] { return lead }
            let lead = write(self)
            leads[wire.rawValue] = lead
            return lead
        }
    }
}
