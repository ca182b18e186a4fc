/// What a follower was told: the sequences alone.
public struct Tally: Sendable {
    public private(set) var messages = 0
    public private(set) var first: Int?
    public private(set) var last: Int?
    /// Sequences that were passed over.
    public private(set) var skipped = 0
    /// Messages that stand before their place, or tell what was told.
    public private(set) var repeated = 0
    /// Of all sequences in their order (FNV-1a), to find out whether two were told the same.
    private(set) var checksum: UInt64 = 0xcbf2_9ce4_8422_2325

    /// - Parameter isShared: Whether one event may be several messages.
    mutating func take(_ sequence: Int, isShared: Bool) {
        let before = last ?? 0
        if sequence > before {
            skipped += sequence - before - 1
        } else if sequence < before || !isShared {
            repeated += 1
        }
        first = first ?? sequence
        last = sequence
        messages += 1
        checksum = (checksum ^ UInt64(bitPattern: Int64(sequence))) &* 0x100_0000_01b3
    }
}
