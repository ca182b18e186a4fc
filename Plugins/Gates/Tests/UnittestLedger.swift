import GateKit
import PipelineKit

/// What ``UnittestBootstrap`` wrote down while tests were found and run: a JSON object a line.
///
/// `{"ready": true}`; `{"load": FILE}` before a module is imported; `{"plan": ID}` for each test that was found;
/// `{"start": ID}`; `{"end": ID, "outcome": ..., "message": ..., "file": ..., "line": ..., "seconds": ...}`; and
/// `{"done": true}` after the last. The code under test may have written there too.
struct UnittestLedger: Sendable {
    private(set) var isReady = false
    private(set) var isDone = false
    /// Each test once, in the order they ended, with its worst outcome.
    private(set) var cases: [TestCase] = []
    /// What was found, in its order.
    private(set) var planned: [TestCase] = []
    /// What was being done last: `while 'test_a.py' was imported`.
    private(set) var last = "while it looked for tests"
    /// The number of the first line that is none of these, from 1.
    private(set) var brokenLine: Int?

    private var places: [String: Int] = [:]
    private static let messageLimit = 4_000

    /// - Parameter bytes: A last line without its end is one that was being written when the process ended.
    init(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        for (index, line) in lines.enumerated() {
            guard let value = try? JSONValue(parsing: Array(line)), take(value) else {
                brokenLine = index + 1
                return
            }
        }
    }

    /// Those that were found and of which nothing more was heard.
    var unheard: [TestCase] { planned.filter { places[$0.id] == nil } }

    /// `, while 'test_a.py::T::test_x' ran`
    var during: String { ", \(last)" }

    private mutating func take(_ line: JSONValue) -> Bool {
        if let file = line["load"]?.text {
            last = "while '\(file)' was imported"
        } else if let id = line["plan"]?.text {
            planned.append(testCase(id, .error, line))
        } else if let id = line["start"]?.text {
            last = "while '\(id)' ran"
        } else if let id = line["end"]?.text {
            guard let outcome = line["outcome"]?.text.flatMap(TestCase.Outcome.init) else { return false }
            add(testCase(id, outcome, line))
            last = "after '\(id)'"
        } else if line["ready"] != nil {
            isReady = true
        } else if line["done"] != nil {
            isDone = true
        } else {
            return false
        }
        return true
    }

    private func testCase(_ id: String, _ outcome: TestCase.Outcome, _ line: JSONValue) -> TestCase {
        let message = (line["message"]?.text ?? "").capped(to: Self.messageLimit)
        var test = TestCase(id, outcome, message, seconds: line["seconds"]?.number)
        test.file = line["file"]?.text
        test.line = line["line"]?.integer.flatMap { $0 > 0 ? $0 : nil }
        return test
    }

    /// A test that two paths lead to, or that a suite holds twice, is one case.
    private mutating func add(_ test: TestCase) {
        guard let place = places[test.id] else {
            places[test.id] = cases.count
            return cases.append(test)
        }
        if Self.rank(test.outcome) > Self.rank(cases[place].outcome) { cases[place] = test }
    }

    private static func rank(_ outcome: TestCase.Outcome) -> Int {
        switch outcome {
        case .passed: 0
        case .skipped: 1
        case .error: 2
        case .failed: 3
        }
    }
}
