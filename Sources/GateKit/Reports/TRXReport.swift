public import PipelineKit

/// What the .NET test platform wrote down about a session, in the format of Visual Studio's test results.
///
/// `<TestRun><Results><UnitTestResult testId= testName= outcome= duration=>` with `<Output><ErrorInfo><Message>` and
/// `<StackTrace>` in it, `<TestDefinitions><UnitTest id=><TestMethod className=>`, and
/// `<ResultSummary outcome=><RunInfos><RunInfo outcome="Error"><Text>`; the schema is vstst.xsd of Visual Studio, the
/// writer https://github.com/microsoft/vstest/blob/main/docs/report.md.
public struct TRXReport: Sendable, Hashable {
    /// In the order of the report, called `Namespace.Class::Method`.
    public var cases: [TestCase]
    /// What went wrong besides the tests: a host process that crashed.
    public var problems: [String]

    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when the report is not XML, or no report of this kind.
    public init(xml: [UInt8]) throws(Failure) {
        let reader = TRXReader()
        try XMLReader.read(xml) { reader.take($0) }
        guard reader.isTestRun else { throw Failure(.invalidInput, "It holds no <TestRun>.") }
        cases = reader.named
        problems = reader.problems
    }
}

/// Gathers results from the pieces of a report, for the length of one call.
private final class TRXReader {
    /// A result whose class is known only when the definitions have come.
    private struct Result {
        var attributes: [String: String]
        var message = ""
        var trace = ""
        var printed = ""
    }

    private(set) var isTestRun = false
    private(set) var problems: [String] = []
    private var results: [Result] = []
    /// Those that are open; a data-driven test holds one for each of its rows.
    private var open: [Result] = []
    private var classes: [String: String] = [:]
    private var definition = ""
    private var isError = false
    private var text: String?

    /// Bytes of a message, at most.
    private static let messageLimit = 4_000

    func take(_ piece: XMLReader.Piece) {
        switch piece {
        case .start(let name, let attributes): start(name, attributes)
        case .text(let more): text? += more
        case .end(let name): end(name)
        }
    }

    private func start(_ name: String, _ attributes: [String: String]) {
        switch name {
        case "TestRun": isTestRun = true
        case "UnitTestResult": open.append(Result(attributes: attributes))
        case "UnitTest": definition = attributes["id"] ?? ""
        case "TestMethod": classes[definition] = attributes["className"]
        case "RunInfo": isError = attributes["outcome"] == "Error"
        case "Message", "StackTrace", "StdOut", "Text": text = ""
        default: break
        }
    }

    private func end(_ name: String) {
        let said = (text ?? "").capped(to: Self.messageLimit).trimmed
        switch name {
        case "UnitTestResult":
            if let result = open.popLast() { results.append(result) }
        case "Message": put(said, \.message)
        case "StackTrace": put(said, \.trace)
        case "StdOut": put(said, \.printed)
        case "Text":
            if isError, open.isEmpty, !said.isEmpty { problems.append(said) }
            text = nil
        default: break
        }
    }

    private func put(_ words: String, _ part: WritableKeyPath<Result, String>) {
        text = nil
        guard !open.isEmpty else { return }
        open[open.count - 1][keyPath: part] = words
    }

    var named: [TestCase] { results.map(testCase).numbered }

    private func testCase(_ result: Result) -> TestCase {
        let name = result.attributes["testName"] ?? ""
        // Of `Namespace.Class, Assembly, Version=...`, as older adapters write it, the class alone.
        let group = result.attributes["testId"].flatMap { classes[$0] }?.prefix { $0 != "," } ?? ""
        let short = name.hasPrefix("\(group).") ? String(name.dropFirst(group.count + 1)) : name
        let outcome = Self.outcome(result.attributes["outcome"] ?? "")
        let words = [result.message, result.trace].filter { !$0.isEmpty }.joined(separator: "\n")
        var test = TestCase(
            group.isEmpty ? short : "\(group)::\(short)",
            outcome,
            outcome == .passed ? "" : words.isEmpty ? result.printed : words,
            seconds: result.attributes["duration"].flatMap(Self.seconds)
        )
        if let place = Self.place(result.trace) { (test.file, test.line) = (place.file, place.line) }
        return test
    }

    /// The outcomes of vstst.xsd; what has no verdict is skipped, and what nobody knows is no success.
    private static func outcome(_ word: String) -> TestCase.Outcome {
        switch word {
        case "Passed": .passed
        case "Failed": .failed
        case "NotExecuted", "Inconclusive", "NotRunnable", "Pending": .skipped
        default: .error
        }
    }

    /// `00:01:02.5000000` in seconds.
    private static func seconds(_ text: String) -> Double? {
        let parts = text.split(separator: ":").compactMap { Double($0) }
        return parts.count == 3 ? parts[0] * 3_600 + parts[1] * 60 + parts[2] : nil
    }

    /// Of the last `at Calc.Tests.Adds() in /p/CalcTests.cs:line 12`: where the test is, whatever it called.
    private static func place(_ trace: String) -> (file: String, line: Int)? {
        for line in trace.split(whereSeparator: \.isNewline).reversed() {
            guard let into = line.firstRange(of: " in "), let at = line.firstRange(of: ":line "),
                into.upperBound < at.lowerBound, let number = Int(String(line[at.upperBound...]).trimmed)
            else { continue }
            return (String(line[into.upperBound..<at.lowerBound]), number)
        }
        return nil
    }
}
