public import PipelineKit

/// How a history is chained, so that whoever holds an export of it can tell that nothing was changed, removed or added.
///
/// The digest of an event is SHA-256 over the digest before it (32 zero bytes before the first), and then, each with
/// its length as eight bytes in network order: sequence, milliseconds, type, version and body.
public enum Chain {
    /// What stands before the first event.
    public static let start = Digest(zeroes: ())

    public static func digest(after head: Digest, _ sequence: Int, _ at: Instant, _ row: EventCodec.Row) -> Digest {
        let texts = ["\(sequence)", "\(at.milliseconds)", row.type, "\(row.version)"]
        let parts = texts.map { Array($0.utf8) } + [row.body]
        return Digest(of: [head.bytes] + parts.flatMap { [length(of: $0), $0] })
    }

    /// The rows of events that follow a state.
    public static func rows(_ payloads: [Event.Payload], after sequence: Int, head: Digest, at: Instant)
        -> [StoredEvent]
    {
        var head = head
        return payloads.enumerated().map { index, payload in
            let row = EventCodec.encode(payload)
            let number = sequence + index + 1
            head = digest(after: head, number, at, row)
            return StoredEvent(
                sequence: number,
                type: row.type,
                version: row.version,
                body: row.body,
                at: at,
                digest: head
            )
        }
    }

    /// Whether a row follows the one before it.
    ///
    /// - Returns: a sentence about what is wrong, or `nil` when all is well.
    public static func problem(with row: StoredEvent, after sequence: Int, head: Digest) -> String? {
        guard row.sequence == sequence + 1 else {
            return "Event \(sequence + 1) is missing: the next one is numbered \(row.sequence)."
        }
        let kept = EventCodec.Row(type: row.type, version: row.version, body: row.body)
        guard digest(after: head, row.sequence, row.at, kept) == row.digest else {
            return "Event \(row.sequence) ('\(row.type)') was changed after it was recorded: its digest does not match."
        }
        return nil
    }

    private static func length(of bytes: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt64(bytes.count).bigEndian, Array.init)
    }
}
