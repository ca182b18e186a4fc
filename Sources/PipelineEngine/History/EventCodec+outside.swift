import PipelineKit

// What is recorded of programs outside of a run, as it is written and read.
extension OutsideReport {
    var body: [String: JSONValue] {
        switch self {
        case .output(let stream, let text):
            ["what": "output", "stream": .string(stream.rawValue), "text": .string(text)]
        case .callBegun(let id, let tool, let input):
            ["what": "call_begun", "call": .string(id), "tool": .string(tool), "input": input]
        case .callEnded(let id, let tool, let isError, let duration, let error):
            [
                "what": "call_ended", "call": .string(id), "tool": .string(tool),
                "milliseconds": .int(duration.milliseconds),
            ].adding(["is_error": isError ? true : nil, "error": error.map(JSONValue.string)])
        }
    }

    init?(_ body: EventBody) {
        let report: Self? =
            switch body.text("what") {
            case "output": Self.output(body)
            case "call_begun": Self.callBegun(body)
            case "call_ended": Self.callEnded(body)
            default: nil
            }
        guard let report else { return nil }
        self = report
    }

    private static func output(_ body: EventBody) -> Self? {
        guard let stream: Stream = body.word("stream"), let text = body.text("text") else { return nil }
        return .output(stream, text)
    }

    private static func callBegun(_ body: EventBody) -> Self? {
        guard let id = body.text("call"), let tool = body.text("tool"), let input = body["input"] else { return nil }
        return .callBegun(id: id, tool: tool, input: input)
    }

    private static func callEnded(_ body: EventBody) -> Self? {
        guard let id = body.text("call"), let tool = body.text("tool"), let milliseconds = body.integer("milliseconds")
        else { return nil }
        return .callEnded(
            id: id,
            tool: tool,
            isError: body["is_error"] == true,
            duration: .milliseconds(milliseconds),
            error: body.text("error")
        )
    }
}

extension Duration {
    /// The nearest whole number of them; nothing below zero, and the most that a number holds for what is longer.
    public var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (whole, isTooMuch) = Int(seconds).multipliedReportingOverflow(by: 1_000)
        if isTooMuch { return seconds < 0 ? 0 : .max }
        return max(0, whole.adding(Int((Double(attoseconds) / 1e15).rounded())))
    }
}
