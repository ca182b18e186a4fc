public import PipelineKit

/// How a history is chained, so that whoever holds an export of it can tell that nothing was changed, removed or added.
///
/// The digest of an event is SHA-256 over the digest before it (32 zero bytes before the first), and then, each with
/// its length as eight bytes in network order: sequence, milliseconds, type, version and body.
public enum Chain {
    /// What stands before the first event.
    public static let start = Digest(zeroes: ())

    public static func digest(after head: Digest, _ sequence: Int, _ at: Instant, _ row: EventCodec.Row) -> Digest {
        // The numbers, of 20 digits at most, and what stands before each part.
        let capacity = 32 + 5 * 8 + 3 * 20 + row.type.utf8.count + row.body.count
        return withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { room in
            var writer = ChainWriter(room: room)
            head.withUnsafeBytes { writer.add($0) }
            writer.addPart(sequence)
            writer.addPart(at.milliseconds)
            writer.addPart(row.type)
            writer.addPart(row.version)
            row.body.withUnsafeBytes { writer.addPart($0) }
            return Digest(bytes: writer.written)
        }
    }

    /// The rows of events that follow a state.
    public static func rows(_ payloads: [Event.Payload], after sequence: Int, head: Digest, at: Instant)
        -> [StoredEvent]
    {
        var head = head
        return payloads.enumerated().map { index, payload in
            let row = row(payload, after: sequence + index, head: head, at: at)
            head = row.digest
            return row
        }
    }

    /// The row of the event that follows a state.
    static func row(_ payload: Event.Payload, after sequence: Int, head: Digest, at: Instant) -> StoredEvent {
        let row = EventCodec.encode(payload)
        return StoredEvent(
            sequence: sequence + 1,
            type: row.type,
            version: row.version,
            body: row.body,
            at: at,
            digest: digest(after: head, sequence + 1, at, row)
        )
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
}

/// Puts together what is digested, in room that is large enough.
private struct ChainWriter {
    let room: UnsafeMutableRawBufferPointer
    private var count = 0

    init(room: UnsafeMutableRawBufferPointer) { self.room = room }

    var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: room[..<count]) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// Adds a part, its length before it.
    mutating func addPart(_ bytes: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { add($0) }
        add(bytes)
    }

    /// Adds a number as a part, in decimal digits.
    mutating func addPart(_ number: Int) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var (begin, rest) = (digits.count, number.magnitude)
            repeat {
                begin -= 1
                digits[begin] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                begin -= 1
                digits[begin] = UInt8(ascii: "-")
            }
            addPart(UnsafeRawBufferPointer(rebasing: digits[begin...]))
        }
    }

    mutating func addPart(_ text: String) {
        var text = text
        text.withUTF8 { addPart(UnsafeRawBufferPointer($0)) }
    }
}
