public import PipelineKit

/// The cases of a report, counted and put into words.
public struct Tally: Sendable {
    /// In the order of the report; messages shortened when all together are long, ids never.
    public let cases: [TestCase]
    public let passed: Int
    public let skipped: [TestCase]
    /// Those that failed or broke.
    public let failing: [TestCase]

    /// Bytes of all messages together, beyond which each further one is shortened.
    private static let messagesLimit = 256_000
    /// Bytes of ``details``, without the line that says what was left out.
    private static let detailsLimit = 12_000
    /// Bytes that one test may take of ``details``.
    private static let detailLimit = 2_000

    /// - Parameter cases: In the order they are to be shown.
    public init(_ cases: [TestCase]) {
        self.cases = Self.shortened(cases)
        passed = cases.count { $0.outcome == .passed }
        skipped = cases.filter { $0.outcome == .skipped }
        failing = cases.filter { $0.outcome == .failed || $0.outcome == .error }
    }

    /// The share of the tests that were not skipped and passed.
    public var score: Double {
        let ran = cases.count - skipped.count
        return ran == 0 ? 0 : Double(passed) / Double(ran)
    }

    /// `All 3 tests pass.`, `The 1 test passes; 2 more are skipped.`
    public var success: String { (passed == 1 ? "The 1 test passes" : "All \(passed) tests pass") + skips + "." }

    /// `2 of 3 tests fail: tests/test_calc.py::test_add, tests/test_calc.py::test_divide.`
    public var failure: String {
        let ran = cases.count - skipped.count
        let verb = failing.count == 1 ? "fails" : "fail"
        let noun = ran == 1 ? "test" : "tests"
        return "\(failing.count) of \(ran) \(noun) \(verb): \(failing.map(\.id).named(atMost: 5))\(skips)."
    }

    /// `2 files could not be collected: tests/test_a.py, tests/test_b.py`
    public var uncollected: String {
        let noun = failing.count == 1 ? "file" : "files"
        return "\(failing.count) \(noun) could not be collected: \(failing.map(\.id).named(atMost: 5))"
    }

    /// `; 2 more are skipped`, or nothing.
    public var skips: String {
        switch skipped.count {
        case 0: ""
        case 1: "; 1 is skipped"
        default: "; \(skipped.count) are skipped"
        }
    }

    /// The failing tests with their assertions, each cause once and in full: the likely causes first.
    ///
    /// Cases that fail in the same way, as far as their messages tell, are named below the first of them. What kept others
    /// from running comes first, then what explains the most cases; of as many, assertions come before what broke in set-up
    /// or tear-down, as an assertion says what the code has to do.
    public var details: String {
        let groups = FailureGroup.ranked(failing)
        var (text, told) = ("", 0)
        for group in groups {
            let entry = group.text(limit: Self.detailLimit)
            guard text.utf8.count + entry.utf8.count <= Self.detailsLimit else {
                let left = failing.count - told
                return text + "\n[\(left) more failing \(left == 1 ? "test is" : "tests are") left out]\n"
            }
            text += text.isEmpty ? entry : "\n" + entry
            told += group.cases.count
        }
        return text
    }

    private static func shortened(_ cases: [TestCase]) -> [TestCase] {
        var room = messagesLimit
        return cases.map { test in
            var test = test
            if test.message.utf8.count > room { test.message = test.message.capped(to: 200) }
            room = max(0, room - test.message.utf8.count)
            return test
        }
    }
}

extension [String] {
    /// The first of them, and how many there are besides: `a, b and 3 more`.
    public func named(atMost limit: Int) -> String {
        let names = prefix(limit).joined(separator: ", ")
        return count > limit ? "\(names) and \(count - limit) more" : names
    }
}
