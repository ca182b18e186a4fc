import GateKit
import PipelineKit

/// Which lines and branches tests have reached.
struct CoverageReport: Sendable {
    struct Count: Sendable, Hashable {
        var covered = 0
        var total = 0

        /// 0 to 100; 100 of nothing.
        var percent: Double { total == 0 ? 100 : 100 * Double(covered) / Double(total) }
    }

    struct File: Sendable, Hashable {
        /// By number, from 1: whether a line was reached.
        var lines: [Int: Bool] = [:]
        /// By the number of the line where they part.
        var branches: [Int: Count] = [:]
        /// How many lines a comment takes out of the count, where the report tells.
        var excluded = 0

        var lineCount: Count { Count(covered: lines.values.count { $0 }, total: lines.count) }

        mutating func add(line: Int, isCovered: Bool) {
            lines[line] = (lines[line] ?? false) || isCovered
        }

        /// The same branches in two reports are those of the one that reached more.
        mutating func merge(_ other: File) {
            lines.merge(other.lines) { $0 || $1 }
            branches.merge(other.branches) { $0.covered >= $1.covered ? $0 : $1 }
            excluded = max(excluded, other.excluded)
        }
    }

    /// By path, as the workspace knows it.
    private(set) var files: [String: File] = [:]

    mutating func add(_ file: File, at path: String) { files[path, default: File()].merge(file) }

    mutating func merge(_ other: CoverageReport) { for (path, file) in other.files { add(file, at: path) } }

    var lines: Count { sum(files.values.map(\.lineCount)) }
    var branches: Count { sum(files.values.flatMap(\.branches.values)) }
    var excluded: Int { files.values.reduce(0) { $0 + $1.excluded } }

    private func sum(_ counts: [Count]) -> Count {
        counts.reduce(into: Count()) {
            $0.covered += $1.covered
            $0.total += $1.total
        }
    }

    /// Reads Cobertura's XML, the JSON of coverage.py or LCOV's lines, whichever it is.
    ///
    /// - Throws: `.invalidInput` saying what is wrong with it.
    static func read(_ bytes: [UInt8], at place: FilePlace) throws(Failure) -> CoverageReport {
        switch bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
        case UInt8(ascii: "<"): return try cobertura(bytes, at: place)
        case UInt8(ascii: "{"): return try json(bytes, at: place)
        default: return try lcov(bytes, at: place)
        }
    }
}
