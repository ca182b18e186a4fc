import PipelineKit
import WorkspaceKit

/// A text as lines, and places in it.
struct Source: Sendable {
    let path: String
    let text: String
    /// Without their ends, which are LF or CR LF.
    let lines: [Substring]

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            Substring(line.last == "\r" ? line.dropLast() : line)
        }
    }

    /// The place of a name.
    ///
    /// - Parameters:
    ///   - line: Counted from 1, as is `column`.
    ///   - symbol: What stands there, when no column says where.
    /// - Throws: ``Failure/Kind/invalidInput`` when it is not there, with what is.
    func place(line: Int, column: Int?, symbol: String?) throws(Failure) -> SourcePlace {
        guard line <= lines.count else {
            throw Failure(.invalidInput, "'\(path)' has \(lines.count.counted("line")), and no line \(line).")
        }
        let text = lines[line - 1]
        if let column {
            guard column <= text.unicodeScalars.count + 1 else {
                let words = "Line \(line) of '\(path)' has \(text.unicodeScalars.count) characters"
                throw Failure(.invalidInput, "\(words), and no column \(column): \(text.shownLine)")
            }
            return SourcePlace(line: line - 1, text: text, offset: column - 1)
        }
        guard let symbol, let offset = Self.offset(of: symbol, in: text) else {
            throw Failure(
                .invalidInput,
                "'\(symbol ?? "")' does not stand in line \(line) of '\(path)': \(text.shownLine)"
            )
        }
        return SourcePlace(line: line - 1, text: text, offset: offset)
    }

    /// Where a name begins that stands alone, or else is a part of another; in scalars.
    private static func offset(of symbol: String, in line: Substring) -> Int? {
        let ranges = symbol.isEmpty ? [] : line.ranges(of: symbol)
        let whole = ranges.first { range in
            let before = range.lowerBound == line.startIndex ? nil : line[line.index(before: range.lowerBound)]
            let after = range.upperBound == line.endIndex ? nil : line[range.upperBound]
            return before?.isWordPart != true && after?.isWordPart != true
        }
        return (whole ?? ranges.first).map { line.unicodeScalars[..<$0.lowerBound].count }
    }
}

/// A place in a text.
struct SourcePlace: Sendable {
    /// Counted from 0, as the protocol counts.
    let line: Int
    /// The line in which it is.
    let text: Substring
    /// In scalars from the beginning of the line.
    let offset: Int

    /// What stands there.
    var word: String {
        let scalars = text.unicodeScalars
        let place = scalars.index(scalars.startIndex, offsetBy: offset, limitedBy: scalars.endIndex) ?? scalars.endIndex
        let before = text[..<place].reversed().prefix(while: \.isWordPart).reversed()
        return String(before) + text[place...].prefix(while: \.isWordPart)
    }

    func position(in encoding: PositionEncoding) -> JSONValue {
        ["line": .int(line), "character": .int(encoding.units(text.unicodeScalars.prefix(offset)))]
    }
}

/// What the protocol counts columns in (LSP 3.17, PositionEncodingKind).
enum PositionEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16 = "utf-16"
    case utf32 = "utf-32"

    func units(_ scalars: some Sequence<Unicode.Scalar>) -> Int { scalars.reduce(0) { $0 + units($1) } }

    /// The scalars that come before this many units; one that is cut in two is not among them.
    func scalars(before units: Int, in line: Substring) -> Int {
        var (count, rest) = (0, units)
        for scalar in line.unicodeScalars {
            rest -= self.units(scalar)
            guard rest >= 0 else { break }
            count += 1
        }
        return count
    }

    private func units(_ scalar: Unicode.Scalar) -> Int {
        switch self {
        case .utf8: UTF8.width(scalar)
        case .utf16: UTF16.width(scalar)
        case .utf32: 1
        }
    }
}
