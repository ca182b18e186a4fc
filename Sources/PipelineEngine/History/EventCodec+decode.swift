import PipelineKit

extension Event.Payload {
    /// Reads a body of the newest version; `nil` when the type is unknown or the body is not what it must be.
    init?(type: String, body: EventBody) {
        guard let payload = Self.read(type, body) else { return nil }
        self = payload
    }

    private static func read(_ type: String, _ body: EventBody) -> Self? {
        switch type {
        case "run.started": RunStart(body).map(Self.runStarted)
        case "workspace.opened": opened(body)
        case "check.started": started(body)
        case "check.finished": finished(body)
        case "judge.requested": JudgeIntent(body).map(Self.judgeRequested)
        case "judge.replied": JudgeReply(body).map(Self.judgeReplied)
        case "judge.failed": judgeFailed(body)
        case "iteration.started": body.integer("iteration").map(Self.iterationStarted)
        case "model.requested": ModelIntent(body).map(Self.modelRequested)
        case "model.replied": RecordedReply(body).map(Self.modelReplied)
        case "model.failed": modelFailed(body)
        case "model.fell_back": modelFellBack(body)
        case "conversation.compacted": compacted(body)
        case "tool_call.proposed": ProposedCall(body).map(Self.callProposed)
        case "tool_call.assessed": assessed(body)
        case "tool_call.started": body.id("call").map(Self.callStarted)
        case "tool_call.finished": callFinished(body)
        case "tool_call.refused": callRefused(body)
        case "agent.started": agentStarted(body)
        case "agent.finished": agentFinished(body)
        case "step.started": stepStarted(body)
        case "race.decided": raceDecided(body)
        case "step.finished": stepFinished(body)
        case "approval.requested": Approval(body).map(Self.approvalRequested)
        case "approval.resolved": resolved(body)
        case "message.added": message(body)
        case "limits.changed": limits(body)
        case "settings.changed": SettingsChange(body).map(Self.settingsChanged)
        case "best.chosen": BestChoice(body).map(Self.bestChosen)
        case "workspace.rolled_back": Rollback(body).map(Self.rolledBack)
        case "network.used": NetworkReport(body).map(Self.networkUsed)
        case "workspace.applied": Application(body).map(Self.changesApplied)
        case "run.forked": ForkPoint(body).map(Self.runForked)
        case "run.finished": runFinished(body)
        case "run.reopened": body.text("by").map(Self.runReopened)
        case "hook.failed": HookFailure(body).map(Self.hookFailed)
        case "outside.reported": OutsideReport(body).map(Self.reported)
        default: nil
        }
    }

    private static func opened(_ body: EventBody) -> Self? {
        guard let path = body.text("path"), let project = body.text("project"),
            let start: SnapshotID = body.id("snapshot")
        else { return nil }
        let sandbox = body.object("sandbox").flatMap(SandboxLevel.init)
        let heldOut: SnapshotID? = body.id("held_out")
        let workspace = Workspace(path: path, project: project, sandbox: sandbox, heldOut: heldOut)
        return .workspaceOpened(workspace, start: start)
    }

    private static func started(_ body: EventBody) -> Self? {
        guard let name = CheckName(body), let snapshot: SnapshotID = body.id("snapshot") else { return nil }
        return .checkStarted(name, snapshot: snapshot)
    }

    private static func finished(_ body: EventBody) -> Self? {
        guard let name = CheckName(body), let result = CheckResult(body) else { return nil }
        return .checkFinished(name, result)
    }

    private static func assessed(_ body: EventBody) -> Self? {
        guard let id: CallID = body.id("call"), let hooked = HookedCall(body) else { return nil }
        return .callAssessed(id, hooked)
    }

    private static func callFinished(_ body: EventBody) -> Self? {
        guard let id: CallID = body.id("call"), let output = RecordedOutput(body) else { return nil }
        return .callFinished(id, output)
    }

    private static func callRefused(_ body: EventBody) -> Self? {
        guard let id: CallID = body.id("call"), let reason = body.text("reason") else { return nil }
        return .callRefused(id, reason: reason)
    }

    private static func agentStarted(_ body: EventBody) -> Self? {
        guard let id: CallID = body.id("call"), let agent = AgentRun(body) else { return nil }
        return .agentStarted(id, agent)
    }

    private static func agentFinished(_ body: EventBody) -> Self? {
        guard let id: CallID = body.id("call"), let tokens = body.integer("tokens") else { return nil }
        return .agentFinished(id, spent: Spending(tokens: tokens, cost: body.money("cost")))
    }

    private static func stepStarted(_ body: EventBody) -> Self? {
        guard let place = StepPlace(body) else { return nil }
        let runs = body["runs"]?.elements.map { $0.text.map { RunID($0) } } ?? []
        guard runs.allSatisfy({ $0 != nil }) else { return nil }
        return .stepStarted(place, runs: runs.compactMap(\.self))
    }

    private static func raceDecided(_ body: EventBody) -> Self? {
        guard let place = StepPlace(body), let decision = RaceDecision(body) else { return nil }
        return .raceDecided(place, decision)
    }

    private static func stepFinished(_ body: EventBody) -> Self? {
        guard let place = StepPlace(body), let result = StepResult(body), let tokens = body.integer("tokens") else {
            return nil
        }
        return .stepFinished(place, result, spent: Spending(tokens: tokens, cost: body.money("cost")))
    }

    private static func resolved(_ body: EventBody) -> Self? {
        guard let id: ApprovalID = body.id("approval"), let answer = Resolution(body) else { return nil }
        return .approvalResolved(id, answer)
    }

    private static func message(_ body: EventBody) -> Self? {
        guard let text = body.text("text"), let by = body.text("by") else { return nil }
        return .messageAdded(text, by: by)
    }

    private static func limits(_ body: EventBody) -> Self? {
        guard let json = body["limits"], let limits = try? Limits(json: json), let by = body.text("by") else {
            return nil
        }
        return .limitsChanged(limits, by: by)
    }

    private static func runFinished(_ body: EventBody) -> Self? {
        guard let status: RunStatus = body.word("status"), status.isFinal, let reason = body.text("reason") else {
            return nil
        }
        return .runFinished(status, reason: reason)
    }
}

/// A stored body, read as hostile input: what is missing or of another type is `nil`.
struct EventBody {
    private let members: [String: JSONValue]

    init(_ json: JSONValue) { members = json.members }

    subscript(key: String) -> JSONValue? { members[key] }
    func text(_ key: String) -> String? { members[key]?.text }
    /// Not negative: no event counts below nothing.
    func integer(_ key: String) -> Int? { members[key]?.integer.flatMap { $0 >= 0 ? $0 : nil } }
    func number(_ key: String) -> Double? { members[key]?.number }
    func object(_ key: String) -> EventBody? { members[key].map(EventBody.init) }
    func list(_ key: String) -> [EventBody] { members[key]?.elements.map(EventBody.init) ?? [] }
    func instant(_ key: String) -> Instant? { integer(key).map(Instant.init(milliseconds:)) }
    func digest(_ key: String) -> Digest? { text(key).flatMap(Digest.init) }
    func money(_ key: String) -> Money? { text(key).flatMap(Money.init) }
    func id<ID: Identifier>(_ key: String) -> ID? { text(key).map(ID.init) }
    func word<Word: RawRepresentable<String>>(_ key: String) -> Word? { text(key).flatMap(Word.init) }
}

extension RunStart {
    fileprivate init?(_ body: EventBody) {
        guard let run: RunID = body.id("run"), let pipeline = body["pipeline"], let project = body.text("project"),
            let origin = body.text("origin"), let version = body.text("version")
        else { return nil }
        let inputs = body["inputs"]?.members ?? [:]
        let forked = body.object("forked_from").map(ForkOrigin.init)
        let parent = body.object("parent").map(ParentWork.init)
        if case .some(nil) = forked { return nil }
        let source = body["source"].map(ProjectSource.init(body:))
        if case .some(nil) = parent { return nil }
        if case .some(nil) = source { return nil }
        self.init(
            run: run,
            pipeline: pipeline,
            inputs: inputs,
            project: project,
            source: source.flatMap(\.self),
            origin: origin,
            group: body.text("group") ?? "",
            version: version,
            key: body.text("key"),
            forkedFrom: forked.flatMap(\.self),
            parent: parent.flatMap(\.self)
        )
    }
}

extension CheckName {
    init?(_ body: EventBody) {
        guard let iteration = body.integer("iteration"), let round = body.integer("round") else { return nil }
        self.init(iteration: iteration, round: round)
    }
}

extension CheckResult {
    fileprivate init?(_ body: EventBody) {
        guard let outcome: Outcome = body.word("outcome"), let reason = body.text("reason") else { return nil }
        self.init(
            outcome,
            reason,
            score: body.number("score"),
            counts: body.counts,
            failing: body.list("failing").compactMap(TestCase.init),
            details: body.text("details") ?? "",
            refused: body.list("refused").compactMap(FileChange.init),
            report: body.digest("report"),
            failure: body.object("failure").flatMap(Failure.init)
        )
        findings = body.list("findings").compactMap(Verdict.Finding.init)
        unchangedSince = body.integer("unchanged_since")
        metrics = (body["metrics"]?.members ?? [:]).compactMapValues(\.number)
        heldOut = body.object("held_out").flatMap(HeldOut.init)
    }
}

extension CheckResult.HeldOut {
    fileprivate init?(_ body: EventBody) {
        guard let outcome: CheckResult.Outcome = body.word("outcome"), let reason = body.text("reason") else {
            return nil
        }
        self.init(outcome, reason, counts: body.counts, failing: body.list("failing").compactMap(TestCase.init))
    }
}

extension EventBody {
    /// How many cases ended which way.
    fileprivate var counts: [TestCase.Outcome: Int] {
        (self["counts"]?.members ?? [:]).reduce(into: [:]) { counts, member in
            guard let outcome = TestCase.Outcome(rawValue: member.key) else { return }
            counts[outcome] = member.value.integer
        }
    }
}

extension TestCase {
    init?(_ body: EventBody) {
        guard let id = body.text("id"), let outcome: Outcome = body.word("outcome") else { return nil }
        self.init(id, outcome, body.text("message") ?? "", seconds: body.number("seconds"))
        file = body.text("file")
        line = body.integer("line")
    }
}

extension FileChange {
    fileprivate init?(_ body: EventBody) {
        guard let kind: Kind = body.word("kind"), let path = body.text("path") else { return nil }
        self.init(kind, path)
    }
}

extension Failure {
    init?(_ body: EventBody) {
        guard let kind: Kind = body.word("kind"), let message = body.text("message") else { return nil }
        self.init(
            kind,
            message,
            retryAfter: body.number("retry_after"),
            mayHaveCost: body["may_have_cost"] == true,
            isPostponed: body["postponed"] == true,
            isTooLong: body["too_long"] == true
        )
    }
}

extension SettingsChange {
    fileprivate init?(_ body: EventBody) {
        guard let by = body.text("by") else { return nil }
        let (model, gate) = (body.text("model").flatMap(ModelName.init), body.text("human_gate"))
        let moment = gate.flatMap(HumanPolicy.Moment.init)
        guard (model == nil) == (body["model"] == nil), (moment == nil) == (body["human_gate"] == nil) else {
            return nil
        }
        self.init(model: model, gate: moment, instructions: body.text("instructions"), by: by)
    }
}

extension Rollback {
    fileprivate init?(_ body: EventBody) {
        guard let iteration = body.integer("iteration"), let snapshot: SnapshotID = body.id("snapshot"),
            let replaced: SnapshotID = body.id("replaced"), let by = body.text("by")
        else { return nil }
        self.init(iteration: iteration, snapshot: snapshot, replaced: replaced, by: by)
    }
}
