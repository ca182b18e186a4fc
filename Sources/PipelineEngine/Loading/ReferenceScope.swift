import PipelineKit

/// What the references of a pipeline may name.
struct ReferenceScope {
    let inputs: [String: InputDeclaration]
    /// The environment variables the pipeline lists.
    let listed: [String]

    init(_ pipeline: Pipeline) {
        inputs = pipeline.inputs
        listed = pipeline.env
    }

    /// What is wrong with a reference whatever the values; `nil` when it names something.
    func problem(_ reference: Reference) -> String? {
        switch reference {
        case .input(let name) where inputs[name] == nil:
            let near = Suggestion.sentence(for: name, among: inputs.keys)
            return "Unknown input '\(name)'.\(near.isEmpty ? " Declare it under 'inputs'." : near)"
        case .environment(let name) where !listed.contains(name):
            let near = Suggestion.sentence(for: name, among: listed)
            return "The variable '\(name)' is not listed under 'env'.\(near)"
        case .input, .environment: return nil
        case .step(let name):
            return "'${\(name)}' is known in steps alone, and only in those that need the one it names."
        case .item: return "'${item}' stands for an element of 'each', and is known in a step that has one alone."
        case .unclosed: return "A reference that begins with '${' ends with '}'; write '$${' for the text itself."
        case .other(let name): return unknown(name)
        }
    }

    private func unknown(_ name: String) -> String {
        let known = inputs.keys.map { "inputs.\($0)" } + listed.map { "env.\($0)" }
        let prefixes = ["inputs", "env"]
        let (head, tail) = (name.prefix { $0 != "." }, name.drop { $0 != "." })
        let near =
            Suggestion.nearest(to: name, among: known)
            ?? Suggestion.nearest(to: String(head), among: prefixes).map { $0 + tail }
        let hint = near.map { " Did you mean '${\($0)}'?" }
        return "Unknown reference '${\(name)}'."
            + (hint ?? " There are ${inputs.NAME} and ${env.NAME}; write '$${' for the text itself.")
    }
}

extension InputDeclaration.Kind {
    /// In a sentence: `must be a whole number`.
    var words: String {
        switch self {
        case .string: "text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        }
    }

    /// A value of this kind, where none is known.
    var standIn: JSONValue {
        switch self {
        case .string: "x"
        case .integer: 1
        case .number: 1.5
        case .boolean: true
        }
    }

    func takes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.string, .string), (.integer, .int), (.number, .int), (.number, .double), (.boolean, .bool): true
        default: false
        }
    }

    /// A text from a command line as a value of this kind; anything else as it is.
    func converted(_ value: JSONValue) -> JSONValue {
        guard let text = value.text else { return value }
        switch self {
        case .string: return value
        case .integer: return Int(text).map(JSONValue.int) ?? value
        case .number:
            if let whole = Int(text) { return .int(whole) }
            return Double(text).flatMap { $0.isFinite ? .double($0) : nil } ?? value
        case .boolean: return text == "true" ? true : text == "false" ? false : value
        }
    }
}
