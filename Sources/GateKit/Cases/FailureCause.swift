import PipelineKit

/// Why a case failed, as far as its message tells: equal for cases that one change would mend.
///
/// Of a message the part counts that says what went wrong: the last lines that pytest marks with `E`, or from the last line
/// that begins with an exception to the stack, or the last line. Numbers, addresses, hexadecimal names and the directories
/// of absolute paths are the same to it, also within quotes; the number of a line is not, for it tells one assertion from
/// another. Where nothing is left that has a name (`assert 3 == 2`), the message as a whole counts as it is: two wrong
/// results are not one mistake.
struct FailureCause: Sendable, Hashable {
    /// The part of the message that counts, with what may differ made equal.
    let words: String
    private let outcome: TestCase.Outcome

    /// What is compared of a part, so that comparing costs little whatever a test prints.
    private static let mostLines = 20
    private static let mostLength = 2_000

    /// `nil` for a case that says nothing.
    init?(of test: TestCase) {
        let part = Self.part(of: test.message)
        guard !part.isEmpty else { return nil }
        let words = Self.levelled(String(part.prefix(Self.mostLines).joined(separator: "\n").prefix(Self.mostLength)))
        self.words = Self.namesSomething(words) ? words : test.message
        outcome = test.outcome
    }

    /// Whether code could not be loaded at all.
    var isOfLoading: Bool { Self.loading.contains { words.contains($0) } }

    private static let loading = [
        "ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError", "Cannot find module",
        "ERR_MODULE_NOT_FOUND", "cannot open shared object file",
    ]

    // MARK: The part that counts

    private static func part(of message: String) -> [Substring] {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
            .filter { !$0.isEmpty }
        if let last = lines.lastIndex(where: isMarked) {
            let first = lines[...last].lastIndex { !isMarked($0) }.map { $0 + 1 } ?? 0
            return Array(lines[first...last])
        }
        if let start = lines.lastIndex(where: beginsWithException) {
            return Array(lines[start...].prefix { !isPlace($0) })
        }
        return lines.last { !isPlace($0) }.map { [$0] } ?? []
    }

    /// `E   assert 3 == 2`
    private static func isMarked(_ line: Substring) -> Bool { line == "E" || line.hasPrefix("E ") }

    /// `ValueError: ...`, `java.lang.IllegalStateException`, `AssertionError [ERR_ASSERTION]: ...`
    private static func beginsWithException(_ line: Substring) -> Bool {
        let name = line.prefix { $0.isLetter || $0.isNumber || "._$".contains($0) }
        guard ["Error", "Exception", "Failure", "Exit", "Interrupt"].contains(where: name.hasSuffix) else {
            return false
        }
        let rest = line.dropFirst(name.count)
        return rest.isEmpty || rest.hasPrefix(":") || rest.hasPrefix(" [")
    }

    /// A line of a stack: `at f (a.js:3:5)`, `File "a.py", line 3, in f`, `a.c:3`.
    private static func isPlace(_ line: Substring) -> Bool {
        if line.hasPrefix("at ") || line.hasPrefix("File \"") { return true }
        guard let colon = line.lastIndex(of: ":"), !line.contains(" ") else { return false }
        let number = line[line.index(after: colon)...]
        return !number.isEmpty && number.allSatisfy(\.isNumber)
    }

    // MARK: What may differ

    /// The text with `#` for every number, address and hexadecimal name, and `/…/` for the directories of absolute paths.
    static func levelled(_ text: String) -> String {
        var (level, rest) = ("", text[...])
        while let character = rest.first {
            let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            if !word.isEmpty {
                if word.first?.isNumber == true, isSign(atEndOf: level) { level.removeLast() }
                level += isLine(word, after: level) ? String(word) : levelled(word: word)
                rest = rest.dropFirst(word.count)
            } else if character == "/", let end = directories(of: rest, after: level.last) {
                level += "/…/"
                rest = rest[end...]
            } else {
                level.append(character)
                rest = rest.dropFirst()
            }
        }
        return level
    }

    /// `test_12` is `test_#`; `0x7f3a` and `3f2a9c81` are `#`.
    private static func levelled(word: Substring) -> String {
        let digits = word.hasPrefix("0x") ? word.dropFirst(2) : word
        let isHexadecimal = digits.allSatisfy(\.isHexDigit) && digits.contains(where: \.isNumber)
        if isHexadecimal, digits.count >= 8 || word.hasPrefix("0x") { return "#" }
        return word.reduce(into: "") { level, character in
            if !character.isNumber { level.append(character) } else if level.last != "#" { level.append("#") }
        }
    }

    /// Whether the text ends with a minus that belongs to the number after it: `(-`, and not `a-`.
    private static func isSign(atEndOf text: String) -> Bool {
        guard text.last == "-" else { return false }
        return text.dropLast().last.map { $0.isWhitespace || "([{=,:".contains($0) } ?? true
    }

    /// Whether this is the number of a line: the text before it ends with `calc.c:`.
    private static func isLine(_ word: Substring, after text: String) -> Bool {
        guard text.last == ":", word.allSatisfy(\.isNumber) else { return false }
        let name = text.dropLast().reversed().prefix { $0.isLetter || $0 == "+" }
        return !name.isEmpty && text.dropLast(name.count + 1).last == "."
    }

    /// Where the last name of an absolute path begins.
    private static func directories(of text: Substring, after before: Character?) -> Substring.Index? {
        if let before, before.isLetter || before.isNumber || "_./…#".contains(before) { return nil }
        let path = text.prefix { !$0.isWhitespace && !"'\"`()[]{}<>,;:".contains($0) }
        guard let last = path.lastIndex(of: "/"), last > path.startIndex else { return nil }
        return path.index(after: last)
    }

    // MARK: Names

    /// Words of which assertions are made, whatever is asserted.
    private static let common: Set<String> = [
        "actual", "and", "are", "assert", "assertion", "assertionerror", "assertionfailederror", "be", "but", "deep",
        "deeply",
        "equal", "equals", "err", "err_assertion", "error", "exception", "expect", "expectation", "expected", "fail",
        "failed", "failure", "false", "got", "identical", "in", "input", "is", "loosely", "nil", "none", "not", "null",
        "of",
        "received", "same", "strictly", "test", "than", "that", "the", "to", "true", "undefined", "value", "values",
        "was",
        "were",
    ]

    /// Whether the text has a word besides those of which all assertions are made.
    private static func namesSomething(_ text: String) -> Bool {
        text.split { !$0.isLetter && $0 != "_" }.contains { $0.count > 1 && !common.contains($0.lowercased()) }
    }
}
