import GateKit
import PipelineKit

/// A run of `cargo test` that has ended.
struct CargoSession: Sendable {
    var end: RunnerEnd

    /// - Parameter path: Makes a path relative to the workspace.
    func verdict(path: (String) -> String) -> Verdict {
        let sections = CargoOutput(end.output).sections
        let cases = sections.flatMap { section in section.cases.map { Self.explained($0, in: section, path) } }.numbered
        let problems = sections.compactMap(\.problem)
        guard problems.isEmpty else {
            let tally = Tally(cases)
            let failure = tally.failing.isEmpty ? "" : " \(tally.failure)"
            var verdict = end.explained(problems.joined(separator: " ") + failure, cases: cases)
            if !tally.failing.isEmpty { verdict.details = tally.details }
            return verdict
        }
        if cases.isEmpty, end.status == 0 {
            return end.explained("No test ran. Write functions with #[test], or files in 'tests/'.")
        }
        return TestSession(end, cases: cases, failureStatuses: [101]).verdict
    }

    /// The case with what its failure says, and a name that stays when lines above it change.
    private static func explained(_ test: TestCase, in section: CargoSection, _ path: (String) -> String) -> TestCase {
        var test = test
        let prefix = "\(section.name)::"
        let name = String(test.id.dropFirst(prefix.count))
        let place = DocumentationTest(name)
        test.id = prefix + (place?.name ?? name.withoutExpectation)
        (test.file, test.line) = (place.map { path($0.file) }, place?.line)
        guard test.outcome == .failed else { return test }
        let text = section.messages[name.withoutExpectation] ?? section.messages[name] ?? ""
        test.message = text.trimmed.withoutHint.capped(to: 4_000)
        if let panic = Panic(text) { (test.file, test.line) = (path(panic.file), panic.line) }
        return test
    }
}

extension CargoSection {
    /// Why its tests cannot be believed, as a sentence.
    fileprivate var problem: String? {
        if let signal { return "'\(name)' was ended by \(signal) before all its tests had run." }
        guard let announced else {
            return "'\(name)' ended without naming its tests; one with a harness of its own cannot be judged."
        }
        guard counted != nil else {
            return "'\(name)' left before all its tests had run: \(cases.count) of \(announced) are known."
        }
        guard counted == cases.count, announced == cases.count else {
            return "'\(name)' announces \(announced) tests and shows \(cases.count)."
        }
        return nil
    }
}

/// `src/lib.rs - add (line 3)`, with ` - compile fail` behind it where that is expected.
private struct DocumentationTest {
    let name: String
    let file: String
    let line: Int

    init?(_ text: String) {
        guard let dash = text.firstRange(of: " - "), let open = text.firstRange(of: "(line "),
            dash.lowerBound < open.lowerBound, let number = Int(text[open.upperBound...].prefix { $0 != ")" })
        else { return nil }
        file = String(text[..<dash.lowerBound])
        name = String(text[..<open.lowerBound]).trimmed
        line = number
    }
}

/// `panicked at src/lib.rs:9:25:`; before Rust 1.73 `panicked at 'words', src/lib.rs:9:25`.
private struct Panic {
    let file: String
    let line: Int

    init?(_ text: String) {
        guard let range = text.firstRange(of: " panicked at ") else { return nil }
        let rest = text[range.upperBound...]
        let words = rest.first == "'" ? rest.firstRange(of: "', ").map { rest[$0.upperBound...] } ?? rest : rest
        let parts = words.prefix { !$0.isNewline }.split(separator: ":")
        guard parts.count >= 3, let line = Int(parts[1]), line > 0 else { return nil }
        file = String(parts[0])
        self.line = line
    }
}

extension String {
    /// libtest names a test that must panic `panics - should panic`.
    fileprivate var withoutExpectation: String {
        hasSuffix(" - should panic") ? String(dropLast(" - should panic".count)) : self
    }

    /// Rust's advice on environment variables helps nobody here.
    fileprivate var withoutHint: String {
        split(separator: "\n", omittingEmptySubsequences: false).filter {
            !$0.hasPrefix("note: run with `RUST_BACKTRACE")
        }
        .joined(separator: "\n").trimmed
    }
}
