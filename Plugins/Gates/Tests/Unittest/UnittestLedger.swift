import GateKit
import PipelineKit

/// What ``UnittestBootstrap`` wrote down while tests were found and run: a JSON object a line.
///
/// `{"ready": true}` once unittest is loaded; `{"load": FILE}` before a module is imported; `{"plan": ID}` for each test that was found;
/// `{"start": ID}`; `{"end": ID, "outcome": ..., "message": ..., "file": ..., "line": ..., "seconds": ...}`; and
/// `{"done": true}` after the last.
struct UnittestLedger: Sendable {
    private(set) var isReady = false
    private(set) var isDone = false
    /// Each test once, in the order they ended, with its worst outcome.
    private(set) var cases: [TestCase] = []
    /// What was found, in its order.
    private(set) var planned: [TestCase] = []
    /// What was being done last: `while 'test_a.py' was imported`.
    private(set) var last = "while it looked for tests"
    private(set) var breaches: [Breach] = []
    /// Why there is more that cannot be believed; see ``PythonReport/problem``.
    let problem: String?

    private var places: [String: Int] = [:]
    private static let messageLimit = 4_000

    init(_ report: PythonReport) {
        problem = report.problem
        for record in report.records { take(record) }
    }

    /// Those that were found and of which nothing more was heard.
    var unheard: [TestCase] { planned.filter { places[$0.id] == nil } }

    /// `, while 'test_a.py::T::test_x' ran`
    var during: String { ", \(last)" }

    private mutating func take(_ line: JSONValue) {
        if let file = line["load"]?.text {
            last = "while '\(file)' was imported"
        } else if let id = line["plan"]?.text {
            planned.append(testCase(id, .error, line))
        } else if let id = line["start"]?.text {
            last = "while '\(id)' ran"
        } else if let id = line["end"]?.text {
            add(testCase(id, line["outcome"]?.text.flatMap(TestCase.Outcome.init) ?? .error, line))
            last = "after '\(id)'"
        } else if let breach = Breach(line, by: "unittest") {
            breaches.append(breach)
        } else {
            isReady = isReady || line["ready"] != nil
            isDone = isDone || line["done"] != nil
        }
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
        if test.outcome.severity > cases[place].outcome.severity { cases[place] = test }
    }
}
