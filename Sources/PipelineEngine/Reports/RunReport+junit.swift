import PipelineKit

extension RunReport {
    /// The report as JUnit XML, in the form that most tools read: https://github.com/testmoapp/junitxml.
    ///
    /// A finding is a case of its own that fails. A check without cases and findings is one case: the goal.
    public var junit: String {
        let all = junitCases
        let counts = Dictionary(grouping: all, by: \.outcome).mapValues(\.count)
        let numbers = """
            tests="\(all.count)" failures="\(counts[.failed] ?? 0)" errors="\(counts[.error] ?? 0)" \
            skipped="\(counts[.skipped] ?? 0)" time="\(seconds)"
            """
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="\(XMLText.attribute(pipeline))" \(numbers)>
            <testsuite name="\(XMLText.attribute(goal))" \(numbers) timestamp="\(at)">
            <properties><property name="sluice.run" value="\(XMLText.attribute(run.value))"/>\
            <property name="sluice.outcome" value="\(result.outcome.rawValue)"/></properties>
            \(all.map(Self.junit).joined())</testsuite>
            </testsuites>

            """
    }

    private var junitCases: [TestCase] {
        let found = findings.map { finding in
            var test = TestCase(
                [finding.file, finding.line.map(String.init), finding.rule].compactMap(\.self).joined(separator: ":"),
                finding.level == .note ? .passed : .failed,
                finding.message
            )
            test.file = finding.file
            test.line = finding.line
            return test
        }
        // What does not hold is not reported as if it did.
        let tellsAll = result.holds || !result.failing.isEmpty || found.contains { $0.outcome == .failed }
        guard tellsAll, !(cases.isEmpty && found.isEmpty) else {
            let outcome: TestCase.Outcome =
                result.holds ? .passed : result.outcome == .unanswered ? .error : .failed
            return [TestCase(goal, outcome, result.reason, seconds: seconds)] + cases + found
        }
        return cases + found
    }

    private static func junit(_ test: TestCase) -> String {
        // Most tools show classname and name; `a/b.py::C::t` is t of a/b.py::C.
        let parts = test.id.components(separatedByLast: "::")
        var attributes = "classname=\"\(XMLText.attribute(parts.0))\" name=\"\(XMLText.attribute(parts.1))\""
        if let file = test.file { attributes += " file=\"\(XMLText.attribute(file))\"" }
        if let line = test.line { attributes += " line=\"\(line)\"" }
        if let seconds = test.seconds { attributes += " time=\"\(seconds)\"" }
        let element: String? =
            switch test.outcome {
            case .passed: nil
            case .failed: "failure"
            case .error: "error"
            case .skipped: "skipped"
            }
        guard let element else { return "<testcase \(attributes)/>\n" }
        let first = test.message.split(separator: "\n").first.map(String.init) ?? ""
        let opening = "<\(element) message=\"\(XMLText.attribute(first))\">"
        return "<testcase \(attributes)>\(opening)\(XMLText.text(test.message))</\(element)></testcase>\n"
    }
}

extension String {
    /// What stands before the last of a separator, and what stands behind it.
    fileprivate func components(separatedByLast separator: String) -> (String, String) {
        guard let place = ranges(of: separator).last else { return ("", self) }
        return (String(self[..<place.lowerBound]), String(self[place.upperBound...]))
    }
}
