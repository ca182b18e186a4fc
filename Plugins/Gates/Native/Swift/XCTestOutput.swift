import PipelineKit

/// What XCTest prints: a line when a test begins and one when it ends, and its failures between them.
///
/// `Test Case 'CalcTests.testAdd' failed (0.015 seconds)`, and before it
/// `/p/Tests/CalcTests.swift:13: error: CalcTests.testAdd : XCTAssertEqual failed: ...`.
struct XCTestOutput: Sendable {
    private(set) var cases: [TestCase] = []
    /// The test that began and did not end, if there is one.
    private(set) var open: String?
    /// Whether the session began and did not end.
    private(set) var isCut = false

    init(_ output: String, path: (String) -> String) {
        var failures: [String: (file: String, line: Int, words: [String])] = [:]
        for line in output.split(separator: "\n") {
            if line.hasPrefix("Test Suite '"), line.contains("' started at ") {
                isCut = true
            } else if line.hasPrefix("Test Suite 'All tests' ") || line.hasPrefix("Test Suite 'Selected tests' ") {
                isCut = false
            } else if line.hasPrefix("Test Case '") {
                take(line.dropFirst("Test Case '".count), &failures, path)
            } else if let failure = Self.failure(line) {
                failures[failure.test, default: (failure.file, failure.line, [])].words.append(failure.words)
            }
        }
    }

    private mutating func take(
        _ rest: Substring,
        _ failures: inout [String: (file: String, line: Int, words: [String])],
        _ path: (String) -> String
    ) {
        guard let quote = rest.firstRange(of: "' ") else { return }
        let name = String(rest[..<quote.lowerBound])
        let words = rest[quote.upperBound...].split(separator: " ")
        guard let verb = words.first, verb != "started" else {
            open = name
            return
        }
        open = nil
        let outcomes: [Substring: TestCase.Outcome] = ["passed": .passed, "failed": .failed, "skipped": .skipped]
        guard let outcome = outcomes[verb] else { return }
        let found = failures[name]
        let seconds = words.dropFirst().first.flatMap { Double($0.dropFirst()) }
        var test = TestCase(Self.id(name), outcome, found?.words.joined(separator: "\n") ?? "", seconds: seconds)
        test.file = found.map { path($0.file) }
        test.line = found?.line
        cases.append(test)
    }

    /// `CalcTests.testAdd` is `CalcTests::testAdd`.
    static func id(_ name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return name }
        return "\(name[..<dot])::\(name[name.index(after: dot)...])"
    }

    /// `FILE:LINE: error: NAME : WORDS`, and `FILE:LINE: NAME : Test skipped - WORDS`.
    private static func failure(_ line: Substring) -> (file: String, line: Int, test: String, words: String)? {
        guard let colon = line.firstRange(of: " : ") else { return nil }
        let head = line[..<colon.lowerBound].split(separator: ":").map { String($0).trimmed }
        guard head.count >= 3, let number = Int(head[1]), head.count == 3 || head[2] == "error" else { return nil }
        let words = String(line[colon.upperBound...])
        let skip = "Test skipped - "
        return (
            head[0], number, head[head.count - 1], words.hasPrefix(skip) ? String(words.dropFirst(skip.count)) : words
        )
    }
}
