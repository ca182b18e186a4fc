extension JSONWriter {
    /// Writes a whole value, however deep: what is open is kept on a stack of its own.
    public mutating func write(_ value: JSONValue) {
        var open: [Level] = []
        writeScalarOrOpen(value, &open)
        while let last = open.indices.last {
            if let next = open[last].next() {
                if let name = next.key { key(name) }
                writeScalarOrOpen(next.value, &open)
            } else {
                end(open.removeLast().closing)
            }
        }
    }

    private mutating func writeScalarOrOpen(_ value: JSONValue, _ open: inout [Level]) {
        switch value {
        case .null: writeNull()
        case .bool(let value): write(value)
        case .int(let number): write(number)
        case .double(let number): write(number)
        case .string(let text): write(text)
        case .array(let elements):
            begin(UInt8(ascii: "["))
            open.append(Level(elements))
        case .object(let members):
            begin(UInt8(ascii: "{"))
            open.append(Level(members))
        }
    }

    /// A list or an object of which some has been written.
    private struct Level {
        private let elements: [JSONValue]
        private let members: [String: JSONValue]
        private let order: [MemberPlace]
        private var position = 0
        let closing: UInt8

        init(_ elements: [JSONValue]) {
            self.elements = elements
            members = [:]
            order = []
            closing = UInt8(ascii: "]")
        }

        init(_ members: [String: JSONValue]) {
            self.members = members
            order = MemberPlace.sorted(members)
            elements = []
            closing = UInt8(ascii: "}")
        }

        mutating func next() -> (key: String?, value: JSONValue)? {
            defer { position += 1 }
            if position < elements.count { return (nil, elements[position]) }
            return position < order.count ? members[order[position].index] : nil
        }
    }
}

/// Where a member of an object is, with the beginning of its name, which nearly always says what stands before what:
/// sorted without touching the names themselves.
private struct MemberPlace {
    let index: Dictionary<String, JSONValue>.Index
    private let prefix: UInt64

    /// By UTF-16 code units (RFC 8785, section 3.2.3).
    static func sorted(_ members: [String: JSONValue]) -> [MemberPlace] {
        var places: [MemberPlace] = []
        places.reserveCapacity(members.count)
        for index in members.indices { places.append(MemberPlace(index, of: members[index].key)) }
        places.sort { left, right in
            // Of ASCII all orders are the same.
            if left.prefix != right.prefix, (left.prefix | right.prefix) & 0x8080_8080_8080_8080 == 0 {
                return left.prefix < right.prefix
            }
            return members[left.index].key.precedesInUTF16(members[right.index].key)
        }
        return places
    }

    private init(_ index: Dictionary<String, JSONValue>.Index, of name: String) {
        self.index = index
        let bytes = name.utf8Span.span
        var prefix: UInt64 = 0
        for place in 0..<8 { prefix = prefix << 8 | (place < bytes.count ? UInt64(bytes[place]) : 0) }
        self.prefix = prefix
    }
}

extension String {
    /// Whether the text sorts before another by UTF-16 code units, found by comparing UTF-8.
    ///
    /// The orders differ in one point: characters from U+10000 on, whose UTF-8 begins with F0 to F4, are surrogates in
    /// UTF-16 and so stand before U+E000 to U+FFFF, whose UTF-8 begins with EE and EF.
    func precedesInUTF16(_ other: String) -> Bool {
        let left = utf8Span.span
        let right = other.utf8Span.span
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            let swapped =
                min(left[index], right[index]) >= 0xEE && max(left[index], right[index]) >= 0xF0
                && min(left[index], right[index]) < 0xF0
            return (left[index] < right[index]) != swapped
        }
        return left.count < right.count
    }
}
