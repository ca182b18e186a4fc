import PipelineKit

// What people and their hooks say of calls, as it is written.

extension Approval {
    var body: [String: JSONValue] {
        ["approval": .string(id.value), "question": .string(question), "shown": .string("\(shown)")]
            .adding(subject.body)
            .adding([
                "deadline": deadline?.body, "on_deadline": .string(onDeadline.rawValue), "form": input?.form.schema,
                "state": input?.recordedState, "about": about == .null ? JSONValue?.none : about,
            ])
    }
}

extension Approval.Input {
    fileprivate var recordedState: JSONValue? { state == .null ? JSONValue?.none : state }
}

extension Approval.Subject {
    /// What the question is about, in one word: `call`, `plan`.
    public var kind: String {
        switch self {
        case .call: "call"
        case .repetition: "repetition"
        case .input: "input"
        case .check: "check"
        case .plan: "plan"
        case .limit: "limit"
        case .step: "step"
        case .outside: "outside"
        }
    }

    var body: [String: JSONValue?] {
        switch self {
        case .call(let id), .repetition(let id), .input(let id): ["subject": .string(kind), "call": .string(id.value)]
        case .check(let name): ["subject": .string(kind), "iteration": .int(name.iteration), "round": .int(name.round)]
        case .plan(let turn): ["subject": .string(kind), "turn": .int(turn)]
        case .limit(let name): ["subject": .string(kind), "limit": .string(name.rawValue)]
        case .step(let place, let run):
            place.body.adding(["subject": .string(kind), "run": run.map { .string($0.value) }])
        case .outside(let key, let tool): ["subject": .string(kind), "key": .string(key), "tool": .string(tool)]
        }
    }
}

extension HookedCall {
    var body: [String: JSONValue] {
        ["reach": .array(reach.map(\.rawValue).sorted().map(JSONValue.string))].adding([
            "decision": decision.map { .string($0.rawValue) }, "hook": hook.isEmpty ? nil : .string(hook),
            "reason": reason.isEmpty ? nil : .string(reason), "arguments": arguments.map(JSONValue.string),
            "policy": policy.map(JSONValue.string),
        ])
    }
}

extension CallEdit {
    var body: JSONValue {
        [
            "arguments": .string(arguments), "reach": .array(reach.map(\.rawValue).sorted().map(JSONValue.string)),
            "shown": .string("\(shown)"),
        ]
    }
}

extension Resolution {
    var body: [String: JSONValue] {
        ["decision": .string(decision.rawValue), "by": .string(by)]
            .adding([
                "message": message.isEmpty ? nil : .string(message), "grant": grant?.json, "edit": edit?.body,
                "answer": answer, "covered_by": coveredBy.map { .string($0.value) },
            ])
    }
}
