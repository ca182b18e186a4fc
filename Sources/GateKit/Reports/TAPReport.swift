public import PipelineKit

/// Lines of the Test Anything Protocol among the output of a command: https://testanything.org/tap-version-14-specification.html.
///
/// Several programs may have printed one stream each, one after the other.
public struct TAPReport: Sendable, Hashable {
    /// In their order; a test without a name is `test 3`.
    public let cases: [TestCase]
    /// How many tests the plans of all streams announce; `nil` without a plan.
    public let planned: Int?
    /// Why a stream was given up, if one was.
    public let bailOut: String?

    /// - Parameter output: `nil` comes back when there is no plan and no version in it.
    public init?(output: String) {
        var reader = TAPReader()
        for line in output.split(whereSeparator: \.isNewline) { reader.take(line) }
        guard reader.isTAP else { return nil }
        cases = reader.cases.numbered
        planned = reader.planned
        bailOut = reader.bailOut
    }

    /// What contradicts the plan, as a sentence.
    public var disagreement: String? {
        if let bailOut { return "The tests were given up\(bailOut.isEmpty ? "" : ": \(bailOut)")." }
        guard let planned, planned != cases.count else { return nil }
        return "The output plans \(planned) \(planned == 1 ? "test" : "tests"), but \(cases.count) ran."
    }
}

private struct TAPReader {
    private(set) var cases: [TestCase] = []
    private(set) var planned: Int?
    private(set) var bailOut: String?
    private(set) var isTAP = false
    /// Whether the lines that come belong to the last case, which failed.
    private var isFailing = false

    /// Bytes of a message, at most.
    private static let messageLimit = 4_000

    mutating func take(_ line: Substring) {
        if line.hasPrefix("TAP version ") {
            isTAP = true
        } else if line.hasPrefix("1.."), let count = Int(line.dropFirst(3).prefix(while: \.isNumber)) {
            isTAP = true
            planned = (planned ?? 0) + min(count, 1_000_000)
        } else if line.hasPrefix("Bail out!") {
            bailOut = bailOut ?? String(line.dropFirst("Bail out!".count)).trimmed
        } else if line.hasPrefix("not ok") {
            add(line.dropFirst("not ok".count), .failed)
        } else if line.hasPrefix("ok") {
            add(line.dropFirst("ok".count), .passed)
        } else {
            explain(line)
        }
    }

    /// ` 3 - adds # SKIP not yet`
    private mutating func add(_ rest: Substring, _ outcome: TestCase.Outcome) {
        guard rest.isEmpty || rest.first == " " else { return }
        var text = rest.drop { $0 == " " }
        let number = text.prefix(while: \.isNumber)
        text = text.dropFirst(number.count).drop { $0 == " " || $0 == "-" }
        let hash = text.firstRange(of: " #")
        let directive =
            hash.map { String(text[$0.upperBound...]).trimmed }
            ?? (text.first == "#" ? String(text.dropFirst()).trimmed : "")
        let name = String(hash.map { text[..<$0.lowerBound] } ?? (text.first == "#" ? "" : text)).trimmed
        var test = TestCase(name.isEmpty ? "test \(number.isEmpty ? "\(cases.count + 1)" : number)" : name, outcome)
        let word = directive.prefix(4).uppercased()
        if word == "SKIP" || word == "TODO" && outcome == .failed {
            test.outcome = .skipped
            test.message = String(directive.drop { $0 != " " }).trimmed
        }
        cases.append(test)
        isFailing = test.outcome == .failed
    }

    /// Diagnostics of a failed test: `# got 2` and the YAML block that is indented below it.
    private mutating func explain(_ line: Substring) {
        guard isFailing, line.hasPrefix("#") || line.hasPrefix("  ") else {
            isFailing = false
            return
        }
        let text = line.hasPrefix("#") ? line.dropFirst().drop { $0 == " " } : line.dropFirst(2)
        let last = cases.count - 1
        guard text != "---", text != "...", cases[last].message.utf8.count < Self.messageLimit else { return }
        cases[last].message += cases[last].message.isEmpty ? String(text) : "\n\(text)"
    }
}
