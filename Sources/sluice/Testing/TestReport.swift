import PipelineEngine
import PipelineKit

/// What came of all tests, for people and for programs.
struct TestReport: Sendable {
    let results: [TestResult]
    let files: Int
    let elapsed: Duration

    var failed: [TestResult] { results.filter { !$0.passed } }

    /// `3 tests in 2 files: 2 passed, 1 failed (4.2s).`
    var summary: String {
        let tests = "\(results.count) test\(results.count == 1 ? "" : "s")"
        let places = "\(files) file\(files == 1 ? "" : "s")"
        let failed = failed.isEmpty ? "" : ", \(failed.count) failed"
        return "\(tests) in \(places): \(results.count - self.failed.count) passed\(failed) (\(elapsed.seconds1)s)."
    }

    /// A line, and what was wrong below it, for a terminal.
    static func lines(_ result: TestResult) -> [String] {
        let word = result.passed ? Style.green("passed") : Style.red("FAILED")
        let first = "\(word)  \(result.name.harmless)  (\(result.elapsed.seconds1)s)"
        return [first]
            + result.problems.flatMap { problem in
                problem.harmless.split(separator: "\n", omittingEmptySubsequences: false).map { "        \($0)" }
            }
    }

    /// JUnit XML, a suite for each file, in the form that most tools read: https://github.com/testmoapp/junitxml.
    var junit: String {
        let suites = Dictionary(grouping: results, by: \.planned.file).sorted { $0.key < $1.key }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="sluice" \(Self.numbers(results, elapsed))>
            \(suites.map(Self.suite).joined())</testsuites>

            """
    }

    private static func suite(_ file: String, _ results: [TestResult]) -> String {
        let time = results.reduce(.zero) { $0 + $1.elapsed }
        let cases = results.map(testCase).joined()
        return "<testsuite name=\"\(XMLText.attribute(file))\" \(numbers(results, time))>\n\(cases)</testsuite>\n"
    }

    private static func numbers(_ results: [TestResult], _ time: Duration) -> String {
        let failed = results.count { !$0.passed }
        return "tests=\"\(results.count)\" failures=\"\(failed)\" errors=\"0\" skipped=\"0\" time=\"\(time.seconds1)\""
    }

    private static func testCase(_ result: TestResult) -> String {
        let (file, name) = (XMLText.attribute(result.planned.file), XMLText.attribute(result.planned.test.name))
        let opening = "<testcase classname=\"\(file)\" name=\"\(name)\" time=\"\(result.elapsed.seconds1)\""
        guard let first = result.problems.first else { return "\(opening)/>\n" }
        let line = first.split(separator: "\n").first.map(String.init) ?? ""
        let all = XMLText.text(result.problems.joined(separator: "\n"))
        return "\(opening)><failure message=\"\(XMLText.attribute(line))\">\(all)</failure></testcase>\n"
    }
}

extension Duration {
    /// Seconds with one digit behind the point.
    fileprivate var seconds1: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
