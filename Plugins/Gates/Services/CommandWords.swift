import PipelineKit
import ShellGrammar

/// A program and its arguments, given as a list or as a command line without anything that a shell would do.
struct CommandWords: FieldValue, Hashable {
    var words: [String]

    static var schema: ValueSchema { .oneOf([.list(.string), .string]) }
    var json: JSONValue { .array(words.map(JSONValue.string)) }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        switch json {
        case .array(let elements) where !elements.isEmpty && elements.allSatisfy { $0.text?.isEmpty == false }:
            words = elements.compactMap(\.text)
        case .string(let line):
            guard let words = Self.words(of: line) else {
                reader.expected("one program with plain words or a list of them", of: json)
                return nil
            }
            self.words = words
        default:
            reader.expected("a command line or a list of words", of: json)
            return nil
        }
    }

    /// The words of a line by the grammar of the shell, quotes and backslashes taken away; `nil` when there is anything
    /// in it that only a shell could tell: a variable, a pattern, a redirection, a second command.
    static func words(of line: String) -> [String]? {
        guard let script = try? ShellParser.parse(line), script.commands.count == 1, script.documents.isEmpty,
            case .simple(let command) = script.commands[0], command.assignments.isEmpty, command.redirections.isEmpty
        else { return nil }
        let words = command.words.compactMap(\.literal)
        return words.isEmpty || words.count < command.words.count ? nil : words
    }
}
