public import PipelineKit

/// What a test runner wrote down about a session, in JUnit's format.
///
/// `<testsuites><testsuite tests= failures= errors=><testcase classname= name= file= line= time=>` with `<failure>`,
/// `<error>` or `<skipped>` in it; there is no standard, and this is what runners have in common:
/// https://github.com/testmoapp/junitxml.
public struct JUnitReport: Sendable, Hashable {
    /// A `<testcase>` as it names itself.
    public struct Name: Sendable {
        public var attributes: [String: String]
        /// The name of the nearest `<testsuite>` around it.
        public var suite: String

        /// What most runners mean: `classname::name`; the name alone when there is no class.
        public var usual: String {
            let name = attributes["name"] ?? ""
            let group = attributes["classname"] ?? attributes["file"] ?? suite
            return group.isEmpty || group == name ? name : "\(group)::\(name)"
        }
    }

    /// In the order they ended. A test that stands in the report more than once (it failed, and its tear-down broke
    /// too) is one case here, with its worst outcome.
    public var cases: [TestCase]
    /// How many `<testsuite>` elements there are.
    public var suites: Int
    /// What the heads of its suites count, a suite within another not counted again.
    public var failures: Int
    public var errors: Int

    public init(cases: [TestCase] = [], failures: Int = 0, errors: Int = 0, suites: Int = 1) {
        self.cases = cases
        self.failures = failures
        self.errors = errors
        self.suites = suites
    }

    /// - Parameter id: What a case is called, the same in every session.
    /// - Throws: `.invalidInput` when the report is not XML, saying where.
    public init(xml: [UInt8], naming id: @escaping (Name) -> String = { $0.usual }) throws(Failure) {
        let reader = JUnitReader(id)
        try XMLReader.read(xml) { reader.take($0) }
        self.init(
            cases: reader.merged,
            failures: reader.failures,
            errors: reader.errors,
            suites: reader.suites
        )
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
    /// The text of the element that says how the open case went, or what it printed.
    private var text: String?
    /// The names of the suites that are open.
    private var names: [String] = []
    private let id: (JUnitReport.Name) -> String

    init(_ id: @escaping (JUnitReport.Name) -> String) { self.id = id }

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
            names.append(attributes["name"] ?? "")
            guard names.count == 1 else { return }
            failures += attributes["failures"].flatMap { Int($0) } ?? 0
            errors += attributes["errors"].flatMap { Int($0) } ?? 0
        case "testcase":
            open = OpenCase(attributes, in: names.last ?? "")
        case "failure", "error", "skipped":
            open?.begin(name, message: attributes["message"] ?? "")
            text = ""
        case "system-out" where open != nil && text == nil:
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
        case "system-out":
            if let text { open?.printed += text.capped(to: OpenCase.messageLimit) }
            text = nil
        case "testcase":
            if let open { add(open.testCase(called: id(open.name))) }
            open = nil
        case "testsuite":
            _ = names.popLast()
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
    static let messageLimit = 4_000

    var name: JUnitReport.Name
    /// What the test printed; it explains a failure that has no words of its own.
    var printed = ""
    private var outcome = TestCase.Outcome.passed
    private var message = ""
    private var pending: (outcome: TestCase.Outcome, message: String)?

    init(_ attributes: [String: String], in suite: String) {
        name = JUnitReport.Name(attributes: attributes, suite: suite)
        // A test that is switched off has no element that says so: ctest.
        if attributes["status"] == "disabled" { outcome = .skipped }
    }

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

    func testCase(called id: String) -> TestCase {
        let words = message.isEmpty && outcome != .passed ? printed.trimmed.capped(to: Self.messageLimit) : message
        var test = TestCase(id, outcome, words, seconds: name.attributes["time"].flatMap { Double($0) })
        test.file = name.attributes["file"]
        test.line = name.attributes["line"].flatMap { Int($0) }
        return test
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
