import Glibc

/// Bytes that have come and are no whole message yet.
struct Incoming {
    private var rest: [UInt8] = []

    /// - Parameter next: Takes the first message; returns how many bytes it has, and `nil` where it is not whole.
    mutating func take(_ bytes: UnsafeRawBufferPointer, _ next: (UnsafeRawBufferPointer) -> Int?) {
        guard !rest.isEmpty else {
            rest = Array(bytes[Self.each(in: bytes, next)...])
            return
        }
        rest += bytes
        let used = rest.withUnsafeBytes { Self.each(in: $0, next) }
        rest.removeFirst(used)
    }

    /// - Returns: how many bytes the whole messages have.
    private static func each(in bytes: UnsafeRawBufferPointer, _ next: (UnsafeRawBufferPointer) -> Int?) -> Int {
        var used = 0
        while used < bytes.count, let count = next(UnsafeRawBufferPointer(rebasing: bytes[used...])) { used += count }
        return used
    }
}

extension UnsafeRawBufferPointer {
    /// Where a text ends that is looked for from the beginning.
    func end(of mark: StaticString) -> Int? {
        guard let base = baseAddress else { return nil }
        var place = 0
        while place + mark.utf8CodeUnitCount <= count,
            let found = memchr(base + place, Int32(mark.utf8Start[0]), count - place - mark.utf8CodeUnitCount + 1)
        {
            place = UnsafeRawPointer(found) - base
            if holds(mark, at: place) { return place + mark.utf8CodeUnitCount }
            place += 1
        }
        return nil
    }

    /// The number behind a text that stands at one of these places; the first where it does.
    func number(behind mark: StaticString, at places: StrideThrough<Int>) -> Int? {
        for place in places where holds(mark, at: place) {
            let digits = self[(place + mark.utf8CodeUnitCount)...].prefix(18).prefix { (0x30...0x39).contains($0) }
            return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        return nil
    }

    private func holds(_ mark: StaticString, at place: Int) -> Bool {
        guard let base = baseAddress, place + mark.utf8CodeUnitCount <= count else { return false }
        return memcmp(base + place, mark.utf8Start, mark.utf8CodeUnitCount) == 0
    }
}
