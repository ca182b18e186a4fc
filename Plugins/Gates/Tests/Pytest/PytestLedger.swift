import GateKit
import PipelineKit

/// What ``PytestBootstrap`` wrote down while pytest ran.
///
/// `{"ready": true}` once pytest is loaded; `{"plan": [ID]}` for tests that were collected; `{"collect": ID, "outcome": ...}`
/// for a file or class that could not be; for each test `{"start": ID}`, `{"phase": "call", "of": ID, "outcome": ...}`,
/// the same for a set-up or a tear-down that does not pass, and `{"finish": ID}`; and `{"done": STATUS}` after the last.
struct PytestLedger: Sendable {
    private(set) var isReady = false
    /// Whether the interpreter has no pytest.
    private(set) var isAbsent = false
    /// The exit status that pytest came to; `nil` when it did not come to its end.
    private(set) var status: Int?
    /// Node ids of what was collected.
    private(set) var planned: [String] = []
    /// Node ids of the tests that were started, in their order.
    private(set) var started: [String] = []
    /// Each test once, in the order of its first result, with its worst outcome.
    private(set) var cases: [TestCase] = []
    private(set) var breaches: [Breach] = []
    /// How a test was reported in two ways that cannot both be.
    private(set) var contradiction: String?
    /// Why there is more that cannot be believed; see ``PythonReport/problem``.
    let problem: String?

    private var places: [String: Int] = [:]
    private var phases: [String: [String: String]] = [:]
    private var finished: Set<String> = []
    private var seconds: [String: Double] = [:]
    private static let messageLimit = 4_000

    private let place: ProjectPlace?

    /// - Parameter place: Where pytest ran; tests are called by paths from the workspace.
    init(_ report: PythonReport, of place: ProjectPlace? = nil) {
        problem = report.problem
        self.place = place
        for record in report.records { take(record) }
        for (id, place) in places { cases[place].seconds = seconds[id] }
    }

    /// The tests that were started and came to no end.
    var unfinished: [String] {
        started.filter { id in
            guard let place = places[id] else { return true }
            return cases[place].outcome == .passed && !finished.contains(id)
        }
    }

    /// The tests that were collected and of which nothing more was heard.
    var unheard: [String] { planned.filter { places[$0] == nil } }

    private mutating func take(_ record: JSONValue) {
        if let id = name(record["start"]) {
            started.append(id)
            phases[id] = [:]
            finished.remove(id)
        } else if let id = name(record["of"]) {
            takePhase(record, of: id)
        } else if let id = name(record["finish"]) {
            finished.insert(id)
            seconds[id, default: 0] += record["seconds"]?.number ?? 0
        } else if let ids = record["plan"]?.elements, !ids.isEmpty {
            planned += ids.compactMap(name)
        } else if let id = name(record["collect"]) {
            add(id.isEmpty ? "the tests" : id, record["outcome"]?.text == "skipped" ? .skipped : .error, record)
        } else if let breach = Breach(record, by: "pytest") {
            breaches.append(breach)
        } else {
            isReady = isReady || record["ready"] != nil
            isAbsent = isAbsent || record["absent"] != nil
            status = record["done"]?.integer ?? status
        }
    }

    /// What pytest calls something, from the workspace on.
    private func name(_ value: JSONValue?) -> String? { value?.text.map { place?.outer($0) ?? $0 } }

    private mutating func takePhase(_ record: JSONValue, of id: String) {
        let phase = record["phase"]?.text ?? ""
        let outcome = record["outcome"]?.text ?? ""
        if record["part"] == nil, Self.outcomes.contains(outcome) {
            if let earlier = phases[id]?[phase], earlier != outcome {
                contradiction = contradiction ?? "'\(id)' was reported as \(earlier), and as \(outcome)"
            }
            phases[id, default: [:]][phase] = outcome
        }
        seconds[id, default: 0] += record["seconds"]?.number ?? 0
        let isExpected = record["expected"] != nil
        switch (outcome, phase) {
        case ("passed", "call"): add(id, .passed, record)
        case ("failed", _) where isExpected: add(id, .skipped, record)
        case ("failed", "call"): add(id, .failed, record)
        case ("failed", _): add(id, .error, record)
        case ("skipped", _): add(id, .skipped, record)
        default: break
        }
    }

    /// Those of pytest; what plugins call an attempt that does not count, such as `rerun`, is none.
    private static let outcomes: Set<String> = ["passed", "failed", "skipped"]

    private mutating func add(_ id: String, _ outcome: TestCase.Outcome, _ record: JSONValue) {
        var test = TestCase(id, outcome, (record["message"]?.text ?? "").capped(to: Self.messageLimit))
        test.file = name(record["file"]) ?? id.firstRange(of: "::").map { String(id[..<$0.lowerBound]) } ?? id
        test.line = record["line"]?.integer.flatMap { $0 > 0 ? $0 : nil }
        guard let place = places[id] else {
            places[id] = cases.count
            return cases.append(test)
        }
        if outcome.severity > cases[place].outcome.severity { cases[place] = test }
    }
}

extension TestCase.Outcome {
    /// A failed test that also broke in its tear-down is failed: the assertion says more.
    var severity: Int {
        switch self {
        case .passed: 0
        case .skipped: 1
        case .error: 2
        case .failed: 3
        }
    }
}
