/// How a step ended in a pass of the graph, and what it hands on.
public struct StepResult: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case passed
        case failed
        /// It was left out.
        case skipped
    }

    public var status: Status
    /// What its model said last, what its gate found, or what a person answered.
    public var summary: String
    public var outputs: [String: JSONValue]

    public init(_ status: Status, summary: String = "", outputs: [String: JSONValue] = [:]) {
        self.status = status
        self.summary = summary
        self.outputs = outputs
    }

    /// What `steps.ID.FIELD` stands for; `nil` for an output that was not set.
    public subscript(field: String) -> JSONValue? {
        switch field {
        case "status": .string(status.rawValue)
        case "summary": .string(summary)
        case "empty": .bool(summary.trimmed.isEmpty)
        case _ where Status(rawValue: field) != nil: .bool(field == status.rawValue)
        default: outputs[field]
        }
    }
}
