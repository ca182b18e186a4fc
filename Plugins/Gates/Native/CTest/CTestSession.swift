import GateKit
import PipelineKit

/// A session of ctest that has ended.
struct CTestSession: Sendable {
    var end: RunnerEnd
    var report: JUnitReport
    var list: CTestList

    /// - Parameter path: Makes a path relative to the workspace.
    func verdict(path: (String) -> String) -> Verdict {
        let places = Dictionary(list.tests.map { ($0.name, $0) }) { first, _ in first }
        let words = Self.words(in: end.output)
        let cases = report.cases.map { test in
            var test = Self.judged(test, words[test.id])
            test.file = places[test.id]?.file.map(path)
            test.line = places[test.id]?.line
            return test
        }
        let reported = Set(cases.map(\.id))
        let missing = list.tests.map(\.name).filter { !reported.contains($0) }
        guard missing.isEmpty else {
            let names = missing.named(atMost: 5)
            return end.explained("ctest's report leaves out \(missing.count) of the tests: \(names).", cases: cases)
        }
        // With --no-tests=error ctest exits with 8 when there are none.
        guard !cases.isEmpty else {
            return end.explained("No test ran. Call enable_testing() in the top CMakeLists.txt, and add_test.")
        }
        return TestSession(end, cases: cases, failureStatuses: [8]).verdict
    }

    /// The case as it is meant: a test whose program was not built stands in the report as skipped.
    private static func judged(_ test: TestCase, _ word: String?) -> TestCase {
        var test = test
        if test.outcome == .skipped, test.message.hasPrefix("Unable to find executable") { test.outcome = .error }
        guard test.outcome == .failed else { return test }
        let parts = [word == "Failed" ? nil : word, test.message.isEmpty ? nil : test.message].compactMap(\.self)
        test.message =
            parts.isEmpty ? "It exited with another status than 0, and printed nothing." : parts.joined(separator: "\n")
        return test
    }

    /// How each test failed, which the report does not say: `Timeout`, `Exception: SegFault`, `Failed`.
    ///
    /// `2/7 Test #2: crashes ..........................***Exception: SegFault  0.02 sec`
    static func words(in output: String) -> [String: String] {
        output.split(separator: "\n").reduce(into: [:]) { words, line in
            guard let number = line.firstRange(of: " Test "), let stars = line.firstRange(of: "***"),
                number.upperBound < stars.lowerBound
            else { return }
            let middle = line[number.upperBound..<stars.lowerBound]
            guard let colon = middle.firstRange(of: ": ") else { return }
            var name = middle[colon.upperBound...]
            while name.hasSuffix(".") { name.removeLast() }
            let word = line[stars.upperBound...].prefix { !$0.isNumber }
            words[String(name).trimmed] = String(word).trimmed
        }
    }
}
