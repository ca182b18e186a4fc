import PipelineKit

/// A step of the pipeline in one pass of its graph; a pass is an iteration.
public struct StepPlace: Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    public var pass: Int
    /// The name of the step.
    public var step: String

    public init(pass: Int, step: String) {
        self.pass = pass
        self.step = step
    }

    /// `plan`, and `plan (pass 2)`.
    public var description: String { pass == 1 ? step : "\(step) (pass \(pass))" }
}

extension StepPlace {
    var body: [String: JSONValue] { ["pass": .int(pass), "step": .string(step)] }

    init?(_ body: EventBody) {
        guard let pass = body.integer("pass"), let step = body.text("step") else { return nil }
        self.init(pass: pass, step: step)
    }
}

extension StepResult {
    var body: [String: JSONValue] {
        ["status": .string(status.rawValue), "summary": .string(summary)]
            .adding(["outputs": outputs.isEmpty ? JSONValue?.none : .object(outputs)])
    }

    init?(_ body: EventBody) {
        guard let status: Status = body.word("status"), let summary = body.text("summary") else { return nil }
        self.init(status, summary: summary, outputs: body["outputs"]?.members ?? [:])
    }
}
