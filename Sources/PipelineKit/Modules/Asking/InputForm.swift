/// What a person fills in: a flat list of fields, each of one simple kind.
public struct InputForm: Sendable, Hashable {
    /// Those that must be given first.
    public var fields: [InputField]

    public init(_ fields: [InputField]) {
        self.fields = fields.filter(\.isRequired) + fields.filter { !$0.isRequired }
    }

    /// One text, under the name `answer`.
    public static let text = InputForm([InputField("answer", .text())])
    /// Nothing but yes or no.
    public static let nothing = InputForm([])

    /// The most that a form may ask for.
    public static let mostFields = 50

    /// Whether a single text can be the whole answer.
    public var single: InputField? {
        let needed = fields.count == 1 ? fields : fields.filter(\.isRequired)
        return needed.count == 1 ? needed.first : nil
    }

    /// The answer with what stands for fields that are left out. A text alone is the answer to the one field that is
    /// asked for.
    ///
    /// - Throws: every mistake at once.
    public func read(_ answer: JSONValue) throws(FieldProblems) -> JSONValue {
        var problems: [FieldProblem] = []
        guard case .object(var members) = whole(answer) else {
            throw FieldProblems([
                FieldProblem(FieldPath(), "The answer must be a mapping with \(names), but is \(answer).")
            ])
        }
        for name in members.keys.sorted() where !fields.contains(where: { $0.name == name }) {
            let near = Suggestion.sentence(for: name, among: fields.map(\.name))
            problems.append(FieldProblem(FieldPath(), "'\(name.shortened(to: 80))' is not asked for.\(near)"))
        }
        for field in fields {
            if let value = members[field.name] ?? field.standard {
                members[field.name] = value
                if let problem = field.problem(with: value) {
                    problems.append(FieldProblem(FieldPath(), "'\(field.name)' \(problem)"))
                }
            } else if field.isRequired {
                problems.append(FieldProblem(FieldPath(), "'\(field.name)' is missing: \(field.words)."))
            }
        }
        guard problems.isEmpty else { throw FieldProblems(problems) }
        return .object(members)
    }

    private func whole(_ answer: JSONValue) -> JSONValue {
        guard let text = answer.text, let field = single else { return answer }
        return [field.name: field.value(typed: text)]
    }

    private var names: String {
        fields.isEmpty ? "nothing in it" : fields.map { "'\($0.name)'" }.joined(separator: ", ")
    }
}

extension InputForm {
    /// The answer that a person typed on a command line: a text where one thing is asked for, `name=value` for each field,
    /// or a JSON object.
    ///
    /// - Throws: what cannot be told apart; whether it fits is for ``read(_:)`` to say.
    public func answer(typed words: [String]) throws(FieldProblems) -> JSONValue {
        if words.count == 1, words[0].hasPrefix("{"), let json = try? JSONValue(parsing: words[0]) { return json }
        let pairs = words.map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        }
        let named = pairs.map { pair in pair.count == 2 ? fields.first { $0.name == pair[0] } : nil }
        if !named.contains(nil) {
            let members = zip(named, pairs).compactMap { field, pair in
                field.map { ($0.name, $0.value(typed: pair[1])) }
            }
            return .object(Dictionary(members) { _, last in last })
        }
        if words.count == 1, single != nil { return .string(words[0]) }
        let all = fields.map { "\($0.name)=..." }.joined(separator: ", ")
        throw FieldProblems([
            FieldProblem(FieldPath(), "Several things are asked for. Write each with its name: \(all).")
        ])
    }
}
