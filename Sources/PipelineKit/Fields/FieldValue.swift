/// A type that a field may have: read from JSON or YAML, written back, and described.
public protocol FieldValue: Sendable {
    static var schema: ValueSchema { get }
    /// Reads the value; `nil` after noting in `reader` what is wrong.
    init?(_ json: JSONValue, _ reader: inout FieldReader)
    /// The value in its normal form, which reads back to itself.
    var json: JSONValue { get }
}

extension String: FieldValue {
    public static var schema: ValueSchema { .string }
    public var json: JSONValue { .string(self) }
    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .string(let text) = json else {
            reader.expected("text", of: json)
            return nil
        }
        self = text
    }
}

extension Int: FieldValue {
    public static var schema: ValueSchema { .integer }
    public var json: JSONValue { .int(self) }
    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .int(let number) = json else {
            reader.expected("a whole number", of: json)
            return nil
        }
        self = number
    }
}

extension Double: FieldValue {
    public static var schema: ValueSchema { .number }
    public var json: JSONValue { .double(self) }
    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard let number = json.number else {
            reader.expected("a number", of: json)
            return nil
        }
        self = number
    }
}

extension Bool: FieldValue {
    public static var schema: ValueSchema { .boolean }
    public var json: JSONValue { .bool(self) }
    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .bool(let value) = json else {
            reader.expected("true or false", of: json)
            return nil
        }
        self = value
    }
}

extension JSONValue: FieldValue {
    public static var schema: ValueSchema { .any }
    public var json: JSONValue { self }
    public init?(_ json: JSONValue, _ reader: inout FieldReader) { self = json }
}

extension Optional: FieldValue where Wrapped: FieldValue {
    public static var schema: ValueSchema { Wrapped.schema }
    public var json: JSONValue { self?.json ?? .null }
    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if json == .null {
            self = .none
        } else if let value = Wrapped(json, &reader) {
            self = .some(value)
        } else {
            return nil
        }
    }
}

extension Array: FieldValue where Element: FieldValue {
    public static var schema: ValueSchema { .list(Element.schema) }
    public var json: JSONValue { .array(map(\.json)) }
    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .array(let elements) = json else {
            reader.expected("a list", of: json)
            return nil
        }
        let values = elements.enumerated().map { reader.read(Element.self, $1, index: $0) }
        self = values.compactMap(\.self)
        guard count == elements.count else { return nil }
    }
}

extension Dictionary: FieldValue where Key == String, Value: FieldValue {
    public static var schema: ValueSchema { .mapping(Value.schema) }
    public var json: JSONValue { .object(mapValues(\.json)) }
    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .object(let members) = json else {
            reader.expected("a mapping", of: json)
            return nil
        }
        let values = members.sorted { $0.key < $1.key }.map { ($0.key, reader.read(Value.self, $0.value, key: $0.key)) }
        self = Dictionary(uniqueKeysWithValues: values.compactMap { key, value in value.map { (key, $0) } })
        guard count == members.count else { return nil }
    }
}

/// A field with a closed list of words: an enumeration of strings.
public protocol Choice: FieldValue, RawRepresentable, CaseIterable, Hashable where RawValue == String {}

extension Choice {
    public static var schema: ValueSchema { .choice(allCases.map(\.rawValue)) }
    public var json: JSONValue { .string(rawValue) }
    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        let words = Self.allCases.map(\.rawValue)
        guard case .string(let word) = json, let value = Self(rawValue: word) else {
            let near = json.text.map { Suggestion.sentence(for: $0, among: words) } ?? ""
            reader.expected("one of \(words.joined(separator: ", "))", of: json, hint: near)
            return nil
        }
        self = value
    }
}
