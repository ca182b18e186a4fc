/// One value a module reads from its settings, or a model fills in when it calls a tool.
///
/// Declared once, a field gives the loader its check, the documentation its line and the model its
/// JSON schema:
///
/// ```swift
/// struct Settings: Fields {
///     @Field("Seconds before the command is killed.") var timeout: Int = 120
/// }
/// ```
@propertyWrapper
public struct Field<Value: FieldValue>: Sendable {
    private var value: Value?
    let help: String

    /// A field that may be left out; it then has the value written after `=`.
    public init(wrappedValue: Value, _ help: String) {
        self.value = wrappedValue
        self.help = help
    }

    /// A field that must be given.
    public init(_ help: String) {
        self.value = nil
        self.help = help
    }

    public var wrappedValue: Value {
        get {
            guard let value else { preconditionFailure("A required field was read before it was decoded.") }
            return value
        }
        set { value = newValue }
    }
}

extension Field: Equatable where Value: Equatable {
    public static func == (left: Self, right: Self) -> Bool { left.value == right.value }
}

extension Field: Hashable where Value: Hashable {
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

/// A field whatever its type.
protocol AnyField: Sendable {
    /// The field with what the document says; `nil` after noting in `reader` what is wrong.
    func reading(_ json: JSONValue?, named name: String, _ reader: inout FieldReader) -> Self?
    func schema(named name: String) -> FieldSchema
    /// Whether it must be given.
    var isRequired: Bool { get }
    /// `nil` for a required field that has not been read.
    var json: JSONValue? { get }
}

extension Field: AnyField {
    func reading(_ json: JSONValue?, named name: String, _ reader: inout FieldReader) -> Self? {
        guard let json else {
            if value == nil { reader.problem("Missing required field '\(name)': \(help)") }
            return value == nil ? nil : self
        }
        guard let read = reader.read(Value.self, json, key: name) else { return nil }
        var copy = self
        copy.value = read
        return copy
    }

    func schema(named name: String) -> FieldSchema {
        FieldSchema(name: name, value: Value.schema, help: help, standard: json)
    }

    var isRequired: Bool { value == nil }

    var json: JSONValue? { value?.json }
}

extension Field: Codable {
    /// Exists so that the compiler writes `Fields.init(from:)`; only ``FieldDecoder`` may call that.
    public init(from decoder: any Decoder) throws {
        throw Failure(.invalidInput, "Fields are read by Fields.init(json:).")
    }

    /// Exists so that the compiler writes `Fields.encode(to:)`; only ``FieldCollector`` may be given to that.
    public func encode(to encoder: any Encoder) throws {
        guard let collector = encoder as? FieldCollector else {
            throw Failure(.invalidInput, "Fields are written by Fields.json.")
        }
        collector.add(self)
    }
}
