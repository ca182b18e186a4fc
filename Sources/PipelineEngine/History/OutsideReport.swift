public import PipelineKit

/// What a program tells of that works in the directory of a run and is no part of it, such as a coding agent of another maker.
public enum OutsideReport: Sendable, Hashable {
    public enum Stream: String, Sendable, Hashable, CaseIterable {
        case stdout
        case stderr
    }

    /// A piece of what it puts out.
    case output(Stream, String)
    /// - Parameter id: Of the program's own making; no other call of it that is under way has the same.
    case callBegun(id: String, tool: String, input: JSONValue)
    /// - Parameters:
    ///   - duration: Recorded to the millisecond.
    ///   - error: What went wrong, where the program says so.
    case callEnded(id: String, tool: String, isError: Bool, duration: Duration, error: String?)
}

extension OutsideReport {
    /// Why it is not recorded, each reason a whole sentence.
    var problems: [String] {
        let found: [String?] =
            switch self {
            case .output(_, let text): [OutsideBounds.problem(withText: text, "The output")]
            case .callBegun(let id, let tool, let input):
                Self.problems(id, tool) + [OutsideBounds.problem(with: input, "The input of the call")]
            case .callEnded(let id, let tool, _, let duration, let error):
                Self.problems(id, tool) + [
                    Self.problem(with: duration), error.flatMap { OutsideBounds.problem(withText: $0, "The error") },
                ]
            }
        return found.compactMap(\.self)
    }

    private static let longest = Duration.seconds(366 * 86_400)

    private static func problem(with duration: Duration) -> String? {
        if duration < .zero { return "The call lasted \(duration), which is less than nothing." }
        return duration > longest ? "The call lasted \(duration), and \(longest) are the most." : nil
    }

    private static func problems(_ id: String, _ tool: String) -> [String?] {
        [
            OutsideBounds.problem(withName: id, "The id of a call"),
            OutsideBounds.problem(withName: tool, "The name of the tool"),
        ]
    }
}

/// What programs outside have asked and are at, as far as it decides what they may ask and tell next.
struct OutsideWork: Sendable, Hashable {
    /// The most calls that may be under way at once.
    static let mostCalls = 1_000

    /// The approvals of the run by the keys of those who asked.
    private(set) var approvals: [String: ApprovalID] = [:]
    /// The calls that have begun, and not ended as far as anybody told.
    private(set) var calls: Set<String> = []

    mutating func take(_ approval: Approval) {
        if case .outside(let key, _) = approval.subject { approvals[key] = approval.id }
    }

    /// Takes in a report.
    ///
    /// - Returns: why it cannot be; nothing has changed then.
    @discardableResult
    mutating func take(_ report: OutsideReport) -> String? {
        switch report {
        case .output: return nil
        case .callBegun(let id, _, _):
            if calls.contains(id) { return "The call '\(id)' has begun already." }
            guard calls.count < Self.mostCalls else {
                return "\(Self.mostCalls) calls are under way, and they are the most: tell of their ends first."
            }
            calls.insert(id)
            return nil
        case .callEnded(let id, _, _, _, _):
            return calls.remove(id) == nil ? "The call '\(id)' has not begun, or has ended already." : nil
        }
    }

    /// Nobody hears of the ends of calls any more: with the run, what worked in its directory is over.
    mutating func endCalls() { calls = [] }
}
