/// The lines of a file that are not what they were.
enum ChangedLines {
    /// Pairs of lines that are compared exactly; beyond that a line is new when the old file has it nowhere.
    private static let most = 4_000_000

    /// Numbers from 1 of the lines that were added or changed; all of them for a file that is new.
    static func numbers(from old: [UInt8]?, to new: [UInt8]) -> Set<Int> {
        let lines = lines(of: new)
        guard let old else { return Set(lines.indices.map { $0 + 1 }) }
        let before = Self.lines(of: old)
        let head = zip(before, lines).prefix { $0 == $1 }.count
        let tail = zip(before.dropFirst(head).reversed(), lines.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let (from, to) = (before.dropFirst(head).dropLast(tail), lines.dropFirst(head).dropLast(tail))
        return Set(inserted(Array(from), Array(to)).map { $0 + head + 1 })
    }

    private static func inserted(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Int] {
        guard old.count * new.count <= most else {
            let known = Set(old)
            return new.indices.filter { !known.contains(new[$0]) }
        }
        return new.difference(from: old).insertions.map { change in
            switch change {
            case .insert(let offset, _, _), .remove(let offset, _, _): offset
            }
        }
    }

    private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
