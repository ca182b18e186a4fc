extension ValueSchema {
    /// Notes what is wrong with a value that nothing but this schema describes.
    ///
    /// A quantity and what is described elsewhere are left to whoever reads them.
    public func check(_ json: JSONValue, _ reader: inout FieldReader) {
        switch self {
        case .string: _ = String(json, &reader)
        case .integer: _ = Int(json, &reader)
        case .number: _ = Double(json, &reader)
        case .boolean: _ = Bool(json, &reader)
        case .any, .recursive: break
        case .quantity(let name, _): if json.text == nil { reader.expected(name, of: json) }
        case .choice(let words): Self.check(json, among: words, &reader)
        case .list(let element): Self.check(json, of: element, &reader)
        case .mapping(let value): Self.check(json, to: value, &reader)
        case .group(let fields): _ = fields.read(json, &reader)
        case .oneOf(let choices): check(json, any: choices, &reader)
        }
    }

    private static func check(_ json: JSONValue, among words: [String], _ reader: inout FieldReader) {
        guard let word = json.text, words.contains(word) else {
            let near = json.text.map { Suggestion.sentence(for: $0, among: words) } ?? ""
            return reader.expected("one of \(words.joined(separator: ", "))", of: json, hint: near)
        }
    }

    private static func check(_ json: JSONValue, of element: ValueSchema, _ reader: inout FieldReader) {
        guard case .array(let elements) = json else { return reader.expected("a list", of: json) }
        for (index, one) in elements.enumerated() { reader.at(index) { element.check(one, &$0) } }
    }

    private static func check(_ json: JSONValue, to value: ValueSchema, _ reader: inout FieldReader) {
        guard case .object(let members) = json else { return reader.expected("a mapping", of: json) }
        for (key, one) in members.sorted(by: { $0.key < $1.key }) { reader.at(key) { value.check(one, &$0) } }
    }

    private func check(_ json: JSONValue, any choices: [ValueSchema], _ reader: inout FieldReader) {
        let fits = choices.contains { choice in
            var trial = FieldReader()
            choice.check(json, &trial)
            return trial.problems.isEmpty
        }
        if !fits { reader.expected(words, of: json) }
    }
}

extension [FieldSchema] {
    /// The members of a group that only data describes, with the defaults of those that are left out.
    ///
    /// - Throws: every mistake at once: keys nobody declared, required keys that are missing, values of another type.
    public func read(_ json: JSONValue) throws(FieldProblems) -> [String: JSONValue] {
        var reader = FieldReader()
        let members = read(json, &reader)
        guard reader.problems.isEmpty else { throw FieldProblems(reader.problems) }
        return members
    }

    fileprivate func read(_ json: JSONValue, _ reader: inout FieldReader) -> [String: JSONValue] {
        guard case .object(var members) = json else {
            reader.expected("a mapping", of: json)
            return [:]
        }
        let names = map(\.name)
        let unknown = members.keys.filter { !names.contains($0) }.sorted()
        for key in unknown { reader.unknown(key, among: names) }
        let misspelt = unknown.compactMap { Suggestion.nearest(to: $0, among: names) }
        for field in self {
            if let value = members[field.name] {
                if value != field.standard { reader.at(field.name) { field.value.check(value, &$0) } }
            } else if let standard = field.standard {
                members[field.name] = standard
            } else if !misspelt.contains(field.name) {
                reader.problem("Missing required field '\(field.name)': \(field.help)")
            }
        }
        return members
    }
}
