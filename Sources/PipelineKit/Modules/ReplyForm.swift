/// What the text of a reply is to be JSON of.
///
/// Each vendor is told in its own way, and holds a model to it more or less; whoever asks reads the reply with
/// ``ModelReply/structured(as:)``, which checks.
public struct ReplyForm: Sendable, Hashable {
    /// Up to 64 ASCII letters, digits, `_` and `-`, as OpenAI takes them
    /// (<https://developers.openai.com/api/docs/guides/structured-outputs>); of another name only these are kept.
    public let name: String
    /// JSON Schema of an object.
    public var schema: JSONValue

    public init(_ name: String, schema: JSONValue) {
        let marks = Set("_-".utf8)
        let kept = name.utf8.filter { byte in
            marks.contains(byte) || 0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
        }
        self.name = kept.isEmpty ? "answer" : String(decoding: kept.prefix(64), as: UTF8.self)
        self.schema = schema
    }

    /// The form of a group of fields.
    public init<Group: Fields>(_ name: String, of group: Group.Type) {
        self.init(name, schema: Group.schema.jsonSchema)
    }
}

extension ModelReply {
    /// The text as JSON; a fence around it, which models add that were told in words, is taken off.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` for a reply that was cut, withheld, or is no JSON, with what came.
    public func structured() throws(Failure) -> JSONValue {
        switch stop {
        case .finished: break
        case .length: throw unreadable("reached the limit of its length")
        case .filtered: throw unreadable("was withheld by the service")
        }
        do throws(JSONError) { return try JSONValue(parsing: unfenced) } catch {
            throw unreadable("is no JSON")
        }
    }

    /// The text read as a group of fields, every mistake told at once.
    ///
    /// A member that is `null` counts as left out: a vendor that wants every member named has no other way to leave one out.
    /// - Throws: ``Failure/Kind/unavailable`` as ``structured()``, and for JSON of another form.
    public func structured<Group: Fields>(as group: Group.Type) throws(Failure) -> Group {
        let json = try structured().withoutNulls
        do throws(FieldProblems) { return try Group(json: json) } catch {
            throw unreadable(
                "is not of the form that was asked for (\(error.all.map(\.message).joined(separator: " ")))"
            )
        }
    }

    private func unreadable(_ why: String) -> Failure {
        let whole = text.trimmed
        let quoted = whole.isEmpty ? "nothing" : "'\(whole.shortened(to: 500))'"
        return Failure(.unavailable, "The answer of the model \(why): \(quoted).", mayHaveCost: true)
    }

    /// "```json\n{}\n```" without its first and last line.
    private var unfenced: String {
        let whole = text.trimmed
        guard whole.hasPrefix("```"), whole.hasSuffix("```"), let end = whole.firstIndex(of: "\n"), whole.count > 6
        else {
            return whole
        }
        return whole[end...].dropLast(3).trimmed
    }
}

extension JSONValue {
    fileprivate var withoutNulls: JSONValue {
        switch self {
        case .object(let members): .object(members.filter { $0.value != .null }.mapValues(\.withoutNulls))
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }
}
