extension JSONValue {
    /// Reads a JSON document (RFC 8259), strictly.
    ///
    /// A whole number that fits `Int` is ``int(_:)``; every other number is the nearest ``double(_:)``: `1.0`, `1e2`,
    /// `-0`, and whole numbers beyond 64 bits. Refused besides what the grammar refuses: keys that stand twice in one
    /// object (Swift compares them by canonical equivalence, so `é` in one scalar and in two counts as the same), half
    /// surrogate pairs, bytes that are not UTF-8, a byte order mark, numbers beyond the range of `Double`, and lists and
    /// objects that nest more than ``depthLimit`` deep.
    ///
    /// - Parameter limit: how many bytes a document may have.
    /// - Throws: ``JSONError`` with the place of the first mistake.
    public init(parsing bytes: [UInt8], limit: Int = .max) throws(JSONError) {
        guard bytes.count <= limit else {
            throw JSONError(
                "the document has \(bytes.count) bytes, but at most \(limit) are taken",
                at: limit,
                in: bytes
            )
        }
        var reader = JSONReader(bytes)
        self = try reader.document()
    }

    /// Reads a JSON document from text; ``init(parsing:limit:)-([UInt8],_)`` says what is refused.
    public init(parsing text: String, limit: Int = .max) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limit: limit)
    }

    /// How deep lists and objects may nest.
    public static let depthLimit = 512
}

/// A pass over the bytes of a document.
///
/// What is open is kept on a stack of its own and not on the thread's, so depth costs no stack. All finished values lie
/// on one more stack, from which a list or an object takes its own when it closes.
struct JSONReader {
    let bytes: [UInt8]
    var position = 0
    private var open: [Container] = []
    private var values: [JSONValue] = []
    private var keys: [Key] = []

    /// A list or an object whose end has not been reached.
    private struct Container {
        var isObject: Bool
        var firstValue: Int
        var firstKey: Int
    }

    private struct Key {
        var name: String
        var offset: Int
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // As much as most documents need, so that the stacks do not grow step by step.
        values.reserveCapacity(16)
        keys.reserveCapacity(16)
    }

    mutating func document() throws(JSONError) -> JSONValue {
        repeat {
            if let value = try scalarOrOpening() {
                values.append(value)
                try closeWhatEnds()
            }
        } while !open.isEmpty
        skipSpace()
        guard position == bytes.count else { throw expected("nothing after the document") }
        return values[0]
    }

    /// Reads a value; `nil` when it is a list or an object, which is open then and has a value to come.
    private mutating func scalarOrOpening() throws(JSONError) -> JSONValue? {
        skipSpace()
        guard position < bytes.count else { throw expected("a value") }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try openObject()
        case UInt8(ascii: "["): return try openArray()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw expected("a value")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { end <= bytes.count && bytes[position..<end].elementsEqual($0) }
        guard matches else { throw expected("a value") }
        position = end
        return value
    }

    /// After a value: closes what ends here, and stands before the next value, if one follows.
    private mutating func closeWhatEnds() throws(JSONError) {
        while let container = open.last {
            skipSpace()
            switch position < bytes.count ? bytes[position] : 0 {
            case UInt8(ascii: ","):
                position += 1
                if container.isObject { try key(or: "") }
                return
            case UInt8(ascii: "}") where container.isObject: values.append(try close(objectOf: container))
            case UInt8(ascii: "]") where !container.isObject: values.append(close(listOf: container))
            default: throw expected(container.isObject ? "',' or '}'" : "',' or ']'")
            }
        }
    }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}

// Lists and objects.
extension JSONReader {
    private mutating func openArray() throws(JSONError) -> JSONValue? {
        try enter(isObject: false)
        guard next(is: UInt8(ascii: "]")) else { return nil }
        open.removeLast()
        return .array([])
    }

    private mutating func openObject() throws(JSONError) -> JSONValue? {
        try enter(isObject: true)
        guard next(is: UInt8(ascii: "}")) else {
            try key(or: " or '}'")
            return nil
        }
        open.removeLast()
        return .object([:])
    }

    private mutating func enter(isObject: Bool) throws(JSONError) {
        guard open.count < JSONValue.depthLimit else {
            throw mistake("lists and objects nest more than \(JSONValue.depthLimit) deep", at: position)
        }
        open.append(Container(isObject: isObject, firstValue: values.count, firstKey: keys.count))
        position += 1
    }

    /// Reads a key and its colon.
    private mutating func key(or end: String) throws(JSONError) {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw expected("a key in double quotes\(end)")
        }
        let offset = position
        let name = try string()
        guard next(is: UInt8(ascii: ":")) else { throw expected("':' after the key \(JSONValue.string(name))") }
        keys.append(Key(name: name, offset: offset))
    }

    private mutating func close(listOf container: Container) -> JSONValue {
        let elements = Array(values[container.firstValue...])
        leave(container)
        return .array(elements)
    }

    private mutating func close(objectOf container: Container) throws(JSONError) -> JSONValue {
        let count = keys.count - container.firstKey
        var members = [String: JSONValue](minimumCapacity: count)
        for index in 0..<count {
            let key = keys[container.firstKey + index]
            guard members.updateValue(values[container.firstValue + index], forKey: key.name) == nil else {
                throw mistake("the key \(JSONValue.string(key.name)) stands twice in one object", at: key.offset)
            }
        }
        leave(container)
        return .object(members)
    }

    private mutating func leave(_ container: Container) {
        values.removeLast(values.count - container.firstValue)
        keys.removeLast(keys.count - container.firstKey)
        open.removeLast()
        position += 1
    }

    /// Skips space, and the byte when it is this one.
    private mutating func next(is byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}

extension JSONReader {
    func expected(_ what: String) -> JSONError {
        mistake("expected \(what), but found \(JSONError.words(for: bytes, at: position))", at: position)
    }

    func mistake(_ problem: String, at offset: Int) -> JSONError {
        JSONError(problem, at: offset, in: bytes)
    }
}
