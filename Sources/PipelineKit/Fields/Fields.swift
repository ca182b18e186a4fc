/// A group of fields, read together and strictly: an unknown key is a mistake, not a comment.
///
/// Keys in YAML and JSON are the property names in snake case. Every stored property is a ``Field``.
public protocol Fields: FieldValue, Codable {
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
        standard.map { $0.field.schema(named: $0.name) }
    }

    public static var schema: ValueSchema { .group(fields) }

    /// The group in its normal form: every field, with its default where nothing was given; a null only where leaving
    /// the field out would mean something else.
    public var json: JSONValue {
        let members = zip(declared, Self.standard).compactMap { own, standard -> (String, JSONValue)? in
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
        let declared = Self.standard
        if members.isEmpty, !declared.contains(where: \.isRequired) {
            self.init()  // the settings of most modules, and the arguments of many calls: nothing
        } else {
            guard let read = Self.read(members, declared, &reader) else { return nil }
            self.init(read: read)
        }
        let before = reader.problems.count
        check(&reader)
        guard reader.problems.count == before else { return nil }
    }

    /// Reads each field; `nil` after noting in `reader` what is wrong.
    private static func read(
        _ members: [String: JSONValue],
        _ declared: [DeclaredField],
        _ reader: inout FieldReader
    ) -> [String: any AnyField]? {
        let misspelt = misspelt(members, declared, &reader)
        var read: [String: any AnyField] = Dictionary(minimumCapacity: declared.count)
        for (name, field) in declared.lazy.map({ ($0.name, $0.field) }) {
            read[name] = misspelt?.contains(name) == true ? field : field.reading(members[name], named: name, &reader)
        }
        return misspelt == nil && read.count == declared.count ? read : nil
    }

    /// Notes the keys that nobody declared.
    ///
    /// - Returns: the fields that they may stand for, which are not told to be missing as well; `nil` when all are known.
    private static func misspelt(
        _ members: [String: JSONValue],
        _ declared: [DeclaredField],
        _ reader: inout FieldReader
    ) -> [String]? {
        let unknown = members.keys.filter { key in !declared.contains { $0.name == key } }.sorted()
        guard !unknown.isEmpty else { return nil }
        let names = declared.map(\.name)
        for key in unknown { reader.unknown(key, among: names) }
        return unknown.compactMap { Suggestion.nearest(to: $0, among: names) }.filter { members[$0] == nil }
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

    /// The fields of a new group, each with its default.
    private static var standard: [DeclaredField] { DeclaredField.known.of(Self.self) { Self().declared } }

    private var declared: [DeclaredField] {
        let collector = FieldCollector()
        try? encode(to: collector)  // a property that is no field is told when the group is read
        return collector.fields
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
