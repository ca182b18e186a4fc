import PipelineKit

/// What a benchmark prints: a JSON object a line, each at once.
struct BenchLines: Sendable {
    func tell(_ event: String, _ members: [String: JSONValue] = [:]) {
        Output.line(JSONValue.object(members.merging(["ev": .string(event)]) { _, new in new }).jsonText)
        Output.flush()
    }
}

extension [Duration] {
    /// Of none, 0.
    var medianMicroseconds: Double { isEmpty ? 0 : sorted()[count / 2] / .microseconds(1) }
}

extension Double {
    var tenths: Double { (self * 10).rounded() / 10 }
}
