import PipelineKit

/// What pytest wrote down about a session, in the family `xunit1` of JUnit's format.
///
/// `<testsuites><testsuite tests= failures= errors=><testcase classname= name= file= time=>` with `<failure>`, `<error>`
/// or `<skipped>` in it: https://docs.pytest.org/en/stable/how-to/output.html#creating-junitxml-format-files.
struct JUnitReport: Sendable, Hashable {
    /// In the order they ended. A test that stands in the report more than once (it failed, and its tear-down broke
    /// too) is one case here, with its worst outcome.
    var cases: [TestCase]
    /// What the head of the report counts.
    var failures: Int
    var errors: Int

    init(cases: [TestCase] = [], failures: Int = 0, errors: Int = 0) {
        self.cases = cases
        self.failures = failures
        self.errors = errors
    }

    /// - Throws: `.invalidInput` when the report is not one that pytest writes, saying where.
    init(xml: [UInt8]) throws(Failure) {
        let reader = JUnitReader()
        try XMLReader.read(xml) { reader.take($0) }
        guard reader.suites == 1 else {
            throw Failure(.invalidInput, "It holds \(reader.suites) test suites; pytest writes one.")
        }
        self.init(cases: reader.merged, failures: reader.failures, errors: reader.errors)
    }
}

/// Gathers cases from the pieces of a report, for the length of one call.
private final class JUnitReader {
    private(set) var suites = 0
    private(set) var failures = 0
    private(set) var errors = 0
    private(set) var merged: [TestCase] = []
    private var places: [String: Int] = [:]
    private var open: OpenCase?
    /// The text of the element that says how the open case went.
    private var text: String?

    func take(_ piece: XMLReader.Piece) {
        switch piece {
        case .start(let name, let attributes): start(name, attributes)
        case .text(let more): text? += more
        case .end(let name): end(name)
        }
    }

    private func start(_ name: String, _ attributes: [String: String]) {
        switch name {
        case "testsuite":
            suites += 1
            failures += attributes["failures"].flatMap { Int($0) } ?? 0
            errors += attributes["errors"].flatMap { Int($0) } ?? 0
        case "testcase":
            open = OpenCase(attributes)
        case "property" where attributes["name"] == PytestBootstrap.property:
            // The last one counts: the test's own properties stand before it.
            open?.nodeID = attributes["value"]
        case "failure", "error", "skipped":
            open?.begin(name, message: attributes["message"] ?? "")
            text = ""
        default:
            break
        }
    }

    private func end(_ name: String) {
        switch name {
        case "failure", "error", "skipped":
            open?.finish(text: text ?? "")
            text = nil
        case "testcase":
            if let open { add(open.testCase) }
            open = nil
        default:
            break
        }
    }

    private func add(_ found: TestCase) {
        guard let place = places[found.id] else {
            places[found.id] = merged.count
            return merged.append(found)
        }
        if found.outcome.severity > merged[place].outcome.severity { merged[place] = found }
    }
}

/// A `<testcase>` that has not ended yet.
private struct OpenCase {
    /// Bytes of a message, at most.
    private static let messageLimit = 4_000

    var nodeID: String?
    private let attributes: [String: String]
    private var outcome = TestCase.Outcome.passed
    private var message = ""
    private var pending: (outcome: TestCase.Outcome, message: String)?

    init(_ attributes: [String: String]) { self.attributes = attributes }

    mutating func begin(_ element: String, message: String) {
        let outcome: TestCase.Outcome = element == "skipped" ? .skipped : element == "error" ? .error : .failed
        pending = (outcome, message)
    }

    /// A test may hold several elements, as subtests do; the worst one is the test's outcome.
    mutating func finish(text: String) {
        guard let pending else { return }
        self.pending = nil
        guard pending.outcome.severity > outcome.severity else { return }
        outcome = pending.outcome
        // The text of a failure is its traceback with the assertion; that of a skip only says where.
        message = (pending.outcome == .skipped || text.isEmpty ? pending.message : text).capped(to: Self.messageLimit)
    }

    var testCase: TestCase {
        let id = nodeID ?? PytestNodeID.guess(attributes)
        return TestCase(id, outcome, message, seconds: attributes["time"].flatMap { Double($0) })
    }
}

extension TestCase.Outcome {
    /// A failed test that also broke in its tear-down is failed: the assertion says more.
    fileprivate var severity: Int {
        switch self {
        case .passed: 0
        case .skipped: 1
        case .error: 2
        case .failed: 3
        }
    }
}
