import GateKit
import PipelineKit

/// Findings as compilers print them, a line each: `src/a.c:3:5: warning: message [rule]`.
///
/// The column, the level and the rule may be left out; a finding without a level is an error. Lines of another form are
/// passed over. https://www.gnu.org/prep/standards/html_node/Errors.html.
enum UnixReport {
    static func findings(_ text: String, _ place: FilePlace) -> [Verdict.Finding] {
        text.split(separator: "\n").compactMap { finding($0, place) }
    }

    private static func finding(_ line: Substring, _ place: FilePlace) -> Verdict.Finding? {
        var rest = line
        // A time of day at the beginning of a line is no file.
        guard let file = head(&rest), file.contains(where: { $0 == "." || $0 == "/" }), let row = number(&rest) else {
            return nil
        }
        let column = number(&rest)
        let (level, words) = level(rest.trimmed)
        let (message, rule) = rule(words)
        guard !message.isEmpty else { return nil }
        return Verdict.Finding(
            level,
            message,
            rule: rule,
            file: place.shown(String(file)),
            line: row,
            column: column
        )
    }

    /// What stands before the next colon, which goes too.
    private static func head(_ rest: inout Substring) -> Substring? {
        guard let colon = rest.firstIndex(of: ":"), colon > rest.startIndex else { return nil }
        defer { rest = rest[rest.index(after: colon)...] }
        return rest[..<colon]
    }

    private static func number(_ rest: inout Substring) -> Int? {
        var after = rest
        guard let number = head(&after).flatMap({ Int($0) }), number > 0 else { return nil }
        rest = after
        return number
    }

    private static func level(_ text: String) -> (Verdict.Finding.Level, String) {
        for word in ["fatal error", "error", "warning", "note", "info"] {
            guard text.lowercased().hasPrefix("\(word):") else { continue }
            return (LinterJSON.level(word), text.dropFirst(word.count + 1).trimmed)
        }
        return (.error, text)
    }

    /// A name in brackets at the end.
    private static func rule(_ text: String) -> (String, String?) {
        guard text.hasSuffix("]"), let open = text.lastIndex(of: "["), open > text.startIndex else {
            return (text, nil)
        }
        let name = text[text.index(after: open)...].dropLast()
        guard !name.isEmpty, !name.contains(" ") else { return (text, nil) }
        return (text[..<open].trimmed, String(name))
    }
}
