public import PipelineKit

extension RunSummary {
    /// The row as JSON, with its details among its members.
    public var json: JSONValue {
        var members = details.members
        members["run"] = .string(run.value)
        members["pipeline"] = .string(pipeline)
        members["status"] = .string(status.rawValue)
        members["events"] = .int(sequence)
        members["started_at"] = .string("\(startedAt)")
        members["updated_at"] = .string("\(updatedAt)")
        members["wake_at"] = wakeAt.map { .string("\($0)") }
        return .object(members)
    }

    /// Absolute path of the directory the person named.
    public var project: String { details["project"]?.text ?? "" }
    /// The contract or command that started the run: `cli`.
    public var origin: String { details["origin"]?.text ?? "" }
    /// What whoever started the run counts it to; empty for nothing.
    public var group: String { details["group"]?.text ?? "" }
    /// The run that this one works for; `nil` for a run of its own.
    public var parent: RunID? { details["parent"]?.text.map { RunID($0) } }
    /// Whether the run has questions that nobody has answered.
    public var isAsking: Bool { details["approvals"]?.elements.isEmpty == false }
}

extension RunFacts {
    /// What a list shows of the run besides the columns of its row.
    var details: [String: JSONValue] {
        // What an agent asks, the run asks that it works for.
        let questions = start?.parent == nil ? pendingApprovals : []
        return [
            "project": .string(start?.project ?? ""),
            "origin": .string(start?.origin ?? ""),
            "goal": .string(pipeline?.goalInWords ?? ""),
            "human_gate": .string((pipeline?.human.gate ?? .never).rawValue),
            "iteration": .int(iteration),
            "iterations": .int(iterationLimit),
            "tokens": .int(spent.tokens),
            "input_tokens": .int(usage.input),
            "output_tokens": .int(usage.output),
        ].adding([
            "model": model.map(\.json),
            "cost": spent.cost?.json,
            "last_reason": (lastCheck?.reason).map(JSONValue.string),
            "holds": (lastCheck?.holds).map(JSONValue.bool),
            "reason": reason.map(JSONValue.string),
            "forked_from": (start?.forkedFrom).map { ["run": .string($0.run.value), "sequence": .int($0.sequence)] },
            "group": (start?.group).flatMap { $0.isEmpty ? JSONValue?.none : .string($0) },
            "parent": (start?.parent).map { .string($0.run.value) },
            "approvals": questions.isEmpty ? nil : .array(questions.map { .string($0.approval.id.value) }),
            "questions": questions.isEmpty ? nil : .array(questions.map(\.json)),
        ])
    }

    /// Why the run has ended; `nil` while it has not.
    private var reason: String? {
        if case .finished(_, let reason) = phase { reason } else { nil }
    }
}

extension RunState.ApprovalState {
    /// The most characters of a question that a row keeps; the history has all of it.
    static let longestQuestion = 2_000

    /// An open question, as rows of lists keep it.
    fileprivate var json: JSONValue {
        .object(
            [
                "id": .string(approval.id.value), "subject": approval.subject.json,
                "question": .string(String(approval.question.prefix(Self.longestQuestion))),
                "shown": .string("\(approval.shown)"), "requested_at": .string("\(requestedAt)"),
                "on_deadline": .string(approval.onDeadline.rawValue),
            ].adding([
                "deadline": approval.deadline.map { .string("\($0)") }, "form": approval.input?.form.schema,
                "asks_for_words": approval.asksForWords ? true : JSONValue?.none,
            ])
        )
    }
}

extension Approval.Subject {
    /// What the question is about, as JSON: `{"kind":"call","call":"3.1"}`, or with `turn`, `iteration` and `round`,
    /// `limit`, or `key` and `tool`.
    public var json: JSONValue {
        switch self {
        case .call(let id), .repetition(let id), .input(let id): ["kind": .string(kind), "call": .string(id.value)]
        case .check(let name): ["kind": .string(kind), "iteration": .int(name.iteration), "round": .int(name.round)]
        case .plan(let turn): ["kind": .string(kind), "turn": .int(turn)]
        case .limit(let name): ["kind": .string(kind), "limit": .string(name.rawValue)]
        case .step(let place, let run):
            .object(place.body.adding(["kind": .string(kind), "run": run.map { .string($0.value) }]))
        case .outside(let key, let tool): ["kind": .string(kind), "key": .string(key), "tool": .string(tool)]
        }
    }

    /// Reads what ``json`` wrote; `nil` when it is something else.
    public init?(json: JSONValue) {
        let subject: Self? =
            switch json["kind"]?.text {
            case "call": (json["call"]?.text).map { .call(CallID($0)) }
            case "repetition": (json["call"]?.text).map { .repetition(CallID($0)) }
            case "input": (json["call"]?.text).map { .input(CallID($0)) }
            case "check":
                json["iteration"]?.integer.map { iteration in
                    .check(CheckName(iteration: iteration, round: json["round"]?.integer ?? 1))
                }
            case "plan": json["turn"]?.integer.map { .plan(turn: $0) }
            case "limit": (json["limit"]?.text).flatMap(LimitName.init).map { .limit($0) }
            case "step": StepPlace(EventBody(json)).map { .step($0, run: (json["run"]?.text).map { RunID($0) }) }
            case "outside":
                json["key"]?.text.flatMap { key in json["tool"]?.text.map { .outside(key: key, tool: $0) } }
            default: nil
            }
        guard let subject else { return nil }
        self = subject
    }
}

extension Pipeline {
    /// The gates that judge, each once, in the order they are named: `pytest, command`; empty without a goal.
    public var goalInWords: String {
        let names = gates.map(\.id.value)
        return names.enumerated().filter { !names[..<$0.offset].contains($0.element) }.map(\.element)
            .joined(separator: ", ")
    }
}
