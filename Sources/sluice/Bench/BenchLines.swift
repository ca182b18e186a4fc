import PipelineKit

/// What a benchmark prints: a JSON object a line, each at once.
struct BenchLines: Sendable {
    func tell(_ event: String, _ members: [String: JSONValue] = [:]) {
        Output.line(JSONValue.object(members.merging(["ev": .string(event)]) { _, new in new }).jsonText)
        Output.flush()
    }
}
