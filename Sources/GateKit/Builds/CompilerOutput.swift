public import PipelineKit

/// What compilers and linkers print, read for errors.
public enum CompilerOutput {
    /// The errors in an output, each once, in their order.
    ///
    /// `FILE:LINE:COLUMN: error: MESSAGE`, with `fatal error` or without a column, as GCC, Clang and Swift print them
    /// (https://gcc.gnu.org/onlinedocs/gcc/Diagnostic-Message-Formatting-Options.html); of a linker
    /// `FILE:LINE: undefined reference to 'f'`, or `FILE:(.text+0xa): ...` without debugging information; and as Maven,
    /// Kotlin and MSBuild print them.
    ///
    /// - Parameter path: Makes a path relative to the workspace.
    public static func errors(in output: String, path: (String) -> String) -> [Verdict.Finding] {
        var seen: Set<Verdict.Finding> = []
        return output.split(whereSeparator: \.isNewline).compactMap { line in
            guard var finding = compiled(line) ?? linked(line) ?? managed(line) else { return nil }
            finding.file = finding.file.map(path)
            return seen.insert(finding).inserted ? finding : nil
        }
    }

    private static let markers = [": error: ", ": fatal error: "]

    private static func compiled(_ line: Substring) -> Verdict.Finding? {
        guard let range = markers.lazy.compactMap({ line.firstRange(of: $0) }).first,
            let place = Place(line[..<range.lowerBound])
        else { return nil }
        return place.finding(String(line[range.upperBound...]))
    }

    private static func linked(_ line: Substring) -> Verdict.Finding? {
        guard let range = line.firstRange(of: ": undefined reference to ") else { return nil }
        let message = String(line[range.lowerBound...].dropFirst(2))
        let words = line[..<range.lowerBound].split(separator: " ").last ?? ""
        if let place = Place(words) { return place.finding(message) }
        guard let section = words.firstRange(of: ":(") else { return nil }
        return Verdict.Finding(.error, message, file: String(words[..<section.lowerBound]))
    }

    /// `src/a.c:3:5`, `a.c:3`.
    private struct Place {
        var file: String
        var line: Int
        var column: Int?

        init?(_ text: Substring) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let numbers = parts.reversed().prefix(2).prefix { Int($0) != nil }.reversed().compactMap { Int($0) }
            file = parts.dropLast(numbers.count).joined(separator: ":")
            guard let first = numbers.first, first > 0, !file.isEmpty else { return nil }
            line = first
            column = numbers.count == 2 ? numbers[1] : nil
        }

        func finding(_ message: String) -> Verdict.Finding {
            Verdict.Finding(.error, message, file: file, line: line, column: column)
        }
    }
}
