import PipelineKit

/// What stands behind a command's name, told apart into options and operands.
struct Arguments: Sendable {
    private(set) var options: JSONValue
    private(set) var operands: [String]

    /// Reads `--name value`, `--name=value`, `--flag`, `-n value` and operands; `--` ends the options.
    ///
    /// - Throws: all that is wrong with them, at once.
    init(_ words: [String], for command: AnySubcommand) throws(CommandError) {
        var reading = Reading(command: command)
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                reading.operands += rest
                break
            } else if word.hasPrefix("--") {
                reading.option(String(word.dropFirst(2)), &rest)
            } else if word.hasPrefix("-"), word.count > 1 {
                reading.letter(word, &rest)
            } else {
                reading.operands.append(word)
            }
        }
        reading.checkOperands()
        guard reading.problems.isEmpty else {
            throw .usage(reading.problems.joined(separator: "\n") + "\nSee 'sluice \(command.name) --help'.")
        }
        options = .object(reading.values)
        operands = reading.operands
    }

    private struct Reading {
        let command: AnySubcommand
        var values: [String: JSONValue] = [:]
        var operands: [String] = []
        var problems: [String] = []

        /// `-n 3` is the option of that name, or else the only one that begins with it.
        mutating func letter(_ word: String, _ rest: inout ArraySlice<String>) {
            let letters = word.dropFirst()
            let names = command.options.map(\.name).filter { $0.hasPrefix(letters) && letters.count == 1 }
            guard let name = names.contains(String(letters)) ? String(letters) : names.first else {
                problems.append("Unknown option '\(word)'. Options are written in full, with two dashes.")
                return
            }
            guard names.count == 1 || name == letters else {
                let all = names.map { "'--\($0.replacing("_", with: "-"))'" }.joined(separator: ", ")
                problems.append("Option '\(word)' may be any of \(all). Write it in full.")
                return
            }
            option(name.replacing("_", with: "-"), &rest)
        }

        mutating func option(_ text: String, _ rest: inout ArraySlice<String>) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let key = parts[0].replacing("-", with: "_")
            guard let field = command.options.first(where: { $0.name == key }) else {
                let known = command.options.map { $0.name.replacing("_", with: "-") } + ["help"]
                let near = Suggestion.nearest(to: parts[0], among: known).map { " Did you mean '--\($0)'?" } ?? ""
                problems.append("Unknown option '--\(parts[0])'.\(near)")
                return
            }
            if field.value == .boolean, parts.count == 1 {
                values[key] = true
            } else if field.value == OptionalPattern.schema, parts.count == 1 {
                values[key] = rest.first.map(OptionalPattern.isPattern) == true ? .string(rest.removeFirst()) : true
            } else if let value = parts.count == 2 ? parts[1] : rest.popFirst() {
                set(field, value)
            } else {
                problems.append("Option '--\(parts[0])' takes a value: \(field.help)")
            }
        }

        private mutating func set(_ field: FieldSchema, _ text: String) {
            guard case .list(let element) = field.value else {
                values[field.name] = text.json(as: field.value)
                return
            }
            values[field.name] = .array((values[field.name]?.elements ?? []) + [text.json(as: element)])
        }

        mutating func checkOperands() {
            let required = command.operands.count { !$0.isOptional }
            if operands.count < required {
                let missing = command.operands[operands.count]
                problems.append("'sluice \(command.name)' needs \(missing.name): \(missing.help)")
            }
            for word in operands.dropFirst(command.operands.count) {
                let usual = "'sluice \(command.name)' takes no '\(word)'."
                problems.append(command.refusal(word, operands) ?? usual)
            }
        }
    }
}

/// An option that may have a pattern: `--for-run`, `--for-run 'git status *'`, `--for-run=PATTERN`.
struct OptionalPattern: FieldValue {
    /// `nil` for the option alone.
    var pattern: String?

    static var schema: ValueSchema { .oneOf([.boolean, .string]) }
    var json: JSONValue { pattern.map(JSONValue.string) ?? true }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        pattern = json.text
        guard pattern == nil, json != true else { return }
        reader.expected("a pattern", of: json)
        return nil
    }

    /// Whether a word that follows belongs to the option: a pattern has a `*` or a blank, which no name of a run has.
    static func isPattern(_ word: String) -> Bool {
        !word.hasPrefix("-") && word.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: " ") }
    }
}

extension String {
    /// The word as the kind of value that an option takes; as text when it is not of that kind.
    func json(as schema: ValueSchema) -> JSONValue {
        switch schema {
        case .integer: Int(self).map(JSONValue.int) ?? .string(self)
        case .number: Double(self).map(JSONValue.double) ?? .string(self)
        case .boolean: Bool(self).map(JSONValue.bool) ?? .string(self)
        case .group: (try? JSONValue(parsing: Array(utf8))) ?? .string(self)
        default: .string(self)
        }
    }
}
