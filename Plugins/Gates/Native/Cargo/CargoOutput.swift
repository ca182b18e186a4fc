import GateKit
import PipelineKit

/// One test program in the output of `cargo test`.
struct CargoSection: Sendable {
    /// `calc/src/lib.rs`, `it/tests/it.rs`, `calc/doc`: the crate, and where its tests are.
    var name: String
    /// How many tests the program announces; `nil` when it ended before.
    var announced: Int?
    var cases: [TestCase] = []
    /// How many passed, failed or were ignored, as it counts them at its end; `nil` when it ended before.
    var counted: Int?
    /// `SIGABRT`, when a signal ended it.
    var signal: String?
    /// The first text of each failed test, by name.
    var messages: [String: String] = [:]
}

/// The text that `cargo test` and libtest print, both streams in one:
/// https://doc.rust-lang.org/rustc/tests/index.html.
struct CargoOutput: Sendable {
    private(set) var sections: [CargoSection] = []
    /// The test whose text is being read.
    private var open: String?

    init(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { take(line) }
    }

    private mutating func take(_ line: Substring) {
        if let name = Self.head(line) {
            sections.append(CargoSection(name: name))
            open = nil
        } else if var section = sections.popLast() {
            read(line, into: &section)
            sections.append(section)
        }
    }

    private mutating func read(_ line: Substring, into section: inout CargoSection) {
        if line.hasPrefix("running "), line.hasSuffix(" tests") || line.hasSuffix(" test"), section.announced == nil {
            section.announced = Int(line.split(separator: " ")[1])
        } else if line.hasPrefix("test result: ") {
            section.counted = Self.count(line)
            open = nil
        } else if line == "failures:" {
            open = nil
        } else if line.hasPrefix("---- "), line.hasSuffix(" stdout ----") {
            open = String(line.dropFirst(5).dropLast(" stdout ----".count))
        } else if let open {
            section.messages[open, default: ""] += "\(line)\n"
        } else if let test = Self.test(line, section.name) {
            section.cases.append(test)
        } else if let range = line.firstRange(of: " (signal: "), line.contains("process didn't exit successfully: ") {
            let words = line[range.upperBound...].split(whereSeparator: { ", :)".contains($0) })
            section.signal = words.dropFirst().first.map(String.init)
        }
    }

    /// `     Running unittests src/lib.rs (target/debug/deps/calc-c6626fb655a8d231)`, `   Doc-tests calc`.
    private static func head(_ line: Substring) -> String? {
        if line.hasPrefix("   Doc-tests ") { return "\(line.dropFirst("   Doc-tests ".count))/doc" }
        guard line.hasPrefix("     Running "), line.hasSuffix(")"), let paren = line.lastIndex(of: "(") else {
            return nil
        }
        let source = line[..<paren].split(separator: " ").last ?? ""
        let program = line[paren...].dropLast().split(separator: "/").last ?? ""
        return "\(program.split(separator: "-").first ?? program)/\(source)"
    }

    /// `test tests::adds ... ok`, `test tests::later ... ignored, no disk`.
    private static func test(_ line: Substring, _ section: String) -> TestCase? {
        guard line.hasPrefix("test "), let dots = line.firstRange(of: " ... ") else { return nil }
        let name = line[..<dots.lowerBound].dropFirst("test ".count)
        let word = line[dots.upperBound...]
        let id = "\(section)::\(name)"
        if word == "ok" { return TestCase(id, .passed) }
        if word == "FAILED" { return TestCase(id, .failed) }
        guard word == "ignored" || word.hasPrefix("ignored, ") else { return nil }
        return TestCase(id, .skipped, String(word.dropFirst("ignored, ".count)))
    }

    /// The sum of `2 passed; 3 failed; 2 ignored; 0 measured`.
    private static func count(_ line: Substring) -> Int {
        let parts = line.split(whereSeparator: { ";.".contains($0) }).map { $0.split(separator: " ") }
        return parts.filter { $0.count == 2 && ["passed", "failed", "ignored", "measured"].contains($0[1]) }
            .reduce(0) { $0 + min(Int($1[0]) ?? 0, 1_000_000) }
    }
}
