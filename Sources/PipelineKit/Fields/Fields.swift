/// A group of fields, read together and strictly: an unknown key is a mistake, not a comment.
///
/// Keys in YAML and JSON are the property names in snake case. Every stored property is a ``Field``.
public protocol Fields: FieldValue, Decodable {
    init()

    /// Notes what no single field can see: a number out of its range, two fields that exclude each other.
    ///
    /// Called once every field has been read; the group is refused when something was noted.
    func check(_ reader: inout FieldReader)
}

extension Fields {
    public func check(_ reader: inout FieldReader) {}

    /// The fields this group declares, in the order they are written.
    public static var fields: [FieldSchema] {
        Self().declared.map { $0.field.schema(named: $0.name) }
    }

    public static var schema: ValueSchema { .group(fields) }

    /// The group in its normal form: every field, with its default where nothing was given; a null only where leaving
    /// the field out would mean something else.
    public var json: JSONValue {
        let members = zip(declared, Self().declared).compactMap { own, standard -> (String, JSONValue)? in
            guard let json = own.field.json, json != .null || standard.field.json != .null else { return nil }
            return (own.name, json)
        }
        return .object(Dictionary(uniqueKeysWithValues: members))
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .object(let members) = json else {
            reader.expected("a mapping", of: json)
            return nil
        }
        let declared = Self().declared
        let names = declared.map(\.name)
        let unknown = members.keys.filter { !names.contains($0) }.sorted()
        for key in unknown { reader.unknown(key, among: names) }
        // A field whose key is misspelt is not told to be missing as well.
        let misspelt = unknown.compactMap { Suggestion.nearest(to: $0, among: names) }.filter { members[$0] == nil }
        let read = declared.map { name, field in
            (name, misspelt.contains(name) ? field : field.reading(members[name], named: name, &reader))
        }
        guard unknown.isEmpty, read.allSatisfy({ $0.1 != nil }) else { return nil }
        self.init(read: Dictionary(uniqueKeysWithValues: read.compactMap { name, field in field.map { (name, $0) } }))
        let before = reader.problems.count
        check(&reader)
        guard reader.problems.count == before else { return nil }
    }

    private init(read fields: [String: any AnyField]) {
        // The only errors left are a programmer's: a property of the group that is no field.
        guard let group = try? Self(from: FieldDecoder(fields: fields)) else {
            preconditionFailure("Every stored property of '\(Self.self)' must be a @Field.")
        }
        self = group
    }

    /// Reads the group from a document.
    ///
    /// - Throws: every mistake at once: keys nobody declared, required keys that are missing, values of another type.
    public init(json: JSONValue) throws(FieldProblems) {
        var reader = FieldReader()
        guard let group = Self(json, &reader), reader.problems.isEmpty else { throw FieldProblems(reader.problems) }
        self = group
    }

    private var declared: [(name: String, field: any AnyField)] {
        Mirror(reflecting: self).children.compactMap { label, value in
            guard let label, let field = value as? any AnyField else { return nil }
            return (snakeCase(label.dropFirst()), field)
        }
    }
}

/// A group without fields, for a module that has no settings or a tool that takes no arguments.
public struct NoFields: Fields, Hashable {
    public init() {}
}

/// `maxSeconds` as `max_seconds`.
///
/// By bytes: this runs for every property of every group that is read.
func snakeCase(_ name: Substring) -> String {
    let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
    guard name.utf8.contains(where: capitals.contains) else { return String(name) }
    let bytes = name.utf8.flatMap { capitals.contains($0) ? [UInt8(ascii: "_"), $0 | 0x20] : [$0] }
    return String(decoding: bytes, as: UTF8.self)
}
