extension InputField {
    /// What is wrong with an answer, as the rest of a sentence: `must be a whole number, but is "x".`; `nil` for nothing.
    public func problem(with value: JSONValue) -> String? {
        fits(value) ? nil : "must be \(words), but is \(value)."
    }

    private func fits(_ value: JSONValue) -> Bool {
        switch kind {
        case .text(let format, let length):
            guard let text = value.text else { return false }
            return format?.fits(text) != false && length?.contains(text.count) != false
        case .integer(let range): return value.integer.map { range?.contains(Double($0)) != false } ?? false
        case .number(let range): return value.number.map { range?.contains($0) != false } ?? false
        case .boolean: return if case .bool = value { true } else { false }
        case .choice(let options): return Self.isOne(value, of: options)
        case .choices(let options, let count):
            guard case .array(let chosen) = value, count?.contains(chosen.count) != false else { return false }
            return chosen.allSatisfy { Self.isOne($0, of: options) } && Set(chosen).count == chosen.count
        }
    }

    private static func isOne(_ value: JSONValue, of options: [Option]) -> Bool {
        options.contains { .string($0.value) == value }
    }

    /// The answer that a person typed: `7`, `yes`, `red, blue`. What cannot be one stays a text, which
    /// ``problem(with:)`` tells of.
    public func value(typed text: String) -> JSONValue {
        switch kind {
        case .text: return .string(text)
        case .integer: return Int(text.trimmed).map(JSONValue.int) ?? .string(text)
        case .number: return Double(text.trimmed).map(JSONValue.double) ?? .string(text)
        case .boolean: return Self.words[text.trimmed.lowercased()].map(JSONValue.bool) ?? .string(text)
        case .choice(let options): return .string(Self.value(typed: text, options))
        case .choices(let options, _):
            let parts = text.split(separator: ",").map { String($0).trimmed }
            return .array(parts.map { .string(Self.value(typed: $0, options)) })
        }
    }

    private static let words = ["yes": true, "y": true, "true": true, "no": false, "n": false, "false": false]

    /// The option that is meant by its value or its title, whatever the case of its letters; or by a beginning that no other
    /// has.
    private static func value(typed text: String, _ options: [Option]) -> String {
        let typed = text.trimmed
        if options.contains(where: { $0.value == typed }) { return typed }
        let word = typed.lowercased()
        let names = options.map { [$0.value.lowercased(), ($0.title ?? $0.value).lowercased()] }
        if let exact = options.indices.first(where: { names[$0].contains(word) }) { return options[exact].value }
        let begun = options.indices.filter { index in names[index].contains { $0.hasPrefix(word) } }
        return begun.count == 1 && !word.isEmpty ? options[begun[0]].value : typed
    }
}
