import HTTPKit
import PipelineEngine
import PipelineKit

/// Tells the history of a run in the words of retrAI, each with the names of its documentation and with those that its
/// web client reads.
///
/// An iteration here may have many replies of the model, so `plan` and `act` may come several times in one. What is done
/// in iteration n carries n - 1 and what is found after it n, as in retrAI.
struct RetrAIRenderer: FrameRenderer {
    let run: RunID
    private(set) var isOver = false
    private var iteration = 0
    /// `provider/name`.
    private var model = ""
    /// How many checks in a row must hold.
    private var confirm = 1
    private var ledger = Ledger()
    /// A reply whose text is told with the next event, which says whether it came with calls.
    private var reply: RecordedReply?
    private var isActing = false
    /// The tools of the calls that are open.
    private var tools: [CallID: String] = [:]
    /// Open, oldest first. Clients show one at a time.
    private var questions: [Approval] = []
    private var lastCheck: CheckResult?

    init(run: RunID) { self.run = run }

    static func sequence(of item: EventFeed.Item) -> Int? {
        if case .event(_, let event) = item { event.sequence } else { nil }
    }

    mutating func frames(for item: EventFeed.Item) -> [Frame] {
        guard case .event(_, let event) = item else { return [] }
        ledger.take(event)
        let before = iteration
        let spoken = reasoning(before: event.payload).map { $0.frame(of: run, iteration: before, event: event) }
        return spoken + events(for: event.payload).map { $0.frame(of: run, iteration: iteration, event: event) }
    }

    private mutating func events(for payload: Event.Payload) -> [RetrAIEvent] {
        switch payload {
        case .runStarted(let start): begin(start)
        case .workspaceOpened(let workspace, _): opened(workspace)
        case .checkStarted(let name, _): startCheck(name)
        case .checkFinished(let name, let result): finishCheck(name, result)
        case .judgeRequested: []
        case .judgeReplied: [.log("A model has judged.")]
        case .judgeFailed(_, _, let failure): [.log("A judge gave no answer: \(failure.message)", "warning")]
        case .iterationStarted(let number): startIteration(number)
        case .modelRequested(let intent): ask(intent)
        case .modelReplied(let reply): take(reply)
        case .modelFailed(_, let attempt, let failure, let retryAt): fail(attempt, failure, retryAt)
        case .modelFellBack(let from, let to): [.log("'\(to)' stands in for '\(from)'.", "warning")]
        case .conversationCompacted(let compaction):
            [.log("The conversation grew too long; its first \(compaction.dropped) messages are summarised.")]
        case .callProposed(let call): propose(call)
        case .callAssessed, .callStarted: []
        case .callFinished(let id, let output): [.result(output, tool: tools.removeValue(forKey: id), id: id)]
        case .callRefused(let id, let reason): [.refusal(reason, tool: tools.removeValue(forKey: id), id: id)]
        case .agentStarted(_, let agent): [.log("The agent '\(agent.agent)' works in run \(agent.run).")]
        case .agentFinished: []
        case .stepStarted(let place, _): [.log("The step '\(place)' begins.")]
        case .raceDecided(_, let decision): [.log(decision.words)]
        case .stepFinished(let place, let result, _):
            [
                .log(
                    "The step '\(place)' is over: \(result.status.rawValue).",
                    result.status == .failed ? "warning" : "info"
                )
            ]
        case .approvalRequested(let approval): hold(approval)
        case .approvalResolved(let id, let answer): resolve(id, answer)
        case .messageAdded(let text, let by): [.log("\(by): \(text)")]
        case .limitsChanged(let limits, let by): [.log("\(by) changed the limits: \(limits.written).")]
        case .settingsChanged(let change): take(change)
        case .changesApplied(let applied):
            [.log("\(applied.by) brought \(applied.files) changed files to the project.")]
        case .runForked(let fork): [.log("\(fork.by) goes on from here with another run.")]
        case .bestChosen(let choice): [.log("It ends with the best files. \(choice.reason)")]
        case .rolledBack(let back): [.log("\(back.by) set the files back to the end of iteration \(back.iteration).")]
        case .networkUsed(let report):
            report.uses.filter { !$0.isAllowed }.map {
                .log("The sandbox kept a command from \($0.host):\($0.port).", "warning")
            }
        case .runFinished(let status, let reason): finish(status, reason)
        case .runReopened(let by): reopen(by)
        case .hookFailed(let failure):
            [.log("The hook '\(failure.hook)' (\(failure.moment)): \(failure.reason)", "warning")]
        case .reported(let report): [.told(report)]
        }
    }

    // MARK: - Start and end

    private mutating func begin(_ start: RunStart) -> [RetrAIEvent] {
        let models = start.pipeline["model"]
        model = models?.text ?? models?.elements.first?.text ?? ""
        confirm = start.pipeline["goal"]?["confirm"]?.integer ?? 1
        return [.log("Started '\(start.pipeline["name"]?.text ?? "")' in \(start.project).")]
    }

    private func opened(_ workspace: Workspace) -> [RetrAIEvent] {
        let place = workspace.path == workspace.project ? [] : [RetrAIEvent.log("Works in \(workspace.path).")]
        guard let sandbox = workspace.sandbox, !sandbox.isConfined else { return place }
        return place + [.log("Commands are not confined: \(sandbox.reason)", "warning")]
    }

    /// A question that is open at the end is answered by it: the client's dialogue closes.
    private mutating func finish(_ status: RunStatus, _ reason: String) -> [RetrAIEvent] {
        let answers = questions.map { RetrAIEvent.response(to: $0, "abort", by: nil, message: reason) }
        questions = []
        isOver = true
        let error = status == .failed ? [RetrAIEvent.error(reason)] : []
        let goal = status == .achieved ? lastCheck?.reason ?? reason : reason
        return answers + error + [.end(status, goal, iterations: iteration, ledger)]
    }

    private mutating func reopen(_ person: String) -> [RetrAIEvent] {
        isOver = false
        return [.log("\(person) took the run up again.")]
    }

    // MARK: - Checks

    private mutating func startCheck(_ name: CheckName) -> [RetrAIEvent] {
        iteration = name.iteration
        return [.step(.evaluate, iteration)]
    }

    private mutating func finishCheck(_ name: CheckName, _ result: CheckResult) -> [RetrAIEvent] {
        iteration = name.iteration
        lastCheck = result
        let check = RetrAIEvent.check(result)
        guard iteration > 0, !result.holds || name.round >= confirm else { return [check] }
        return [check, .iterationEnd(iteration, tokens: ledger.takeIteration(), achieved: result.holds)]
    }

    private mutating func startIteration(_ number: Int) -> [RetrAIEvent] {
        iteration = number - 1
        return []
    }

    // MARK: - The model and its calls

    private mutating func ask(_ intent: ModelIntent) -> [RetrAIEvent] {
        model = intent.model
        isActing = false
        return intent.attempt == 1 ? [.step(.plan, iteration)] : []
    }

    private mutating func take(_ reply: RecordedReply) -> [RetrAIEvent] {
        self.reply = reply
        return [.usage(reply.usage, model: model)]
    }

    private mutating func reasoning(before next: Event.Payload) -> [RetrAIEvent] {
        guard let reply else { return [] }
        self.reply = nil
        let hasCalls = if case .callProposed = next { true } else { false }
        return reply.text.trimmed.isEmpty ? [] : [.reasoning(reply.text, model: model, hasCalls: hasCalls)]
    }

    private mutating func fail(_ attempt: Int, _ failure: Failure, _ retryAt: Instant?) -> [RetrAIEvent] {
        let next = retryAt.map { "asked again at \($0)" } ?? "not asked again"
        let text = "Attempt \(attempt) gave no reply, and the model is \(next). \(failure.message)"
        return [.log(text, retryAt == nil ? "error" : "warning")]
    }

    private mutating func propose(_ call: ProposedCall) -> [RetrAIEvent] {
        tools[call.id] = call.call.tool
        let step = isActing ? [] : [RetrAIEvent.step(.act, iteration)]
        isActing = true
        return step + [.call(call)]
    }

    private mutating func take(_ change: SettingsChange) -> [RetrAIEvent] {
        if let name = change.model { model = "\(name)" }
        let parts = [change.model.map { "the model is \($0)" }, change.gate.map { "a person is asked \($0.words)" }]
        return [.log("\(change.by) changed the run: \(parts.compactMap(\.self).joined(separator: ", ")).")]
    }

    // MARK: - Questions

    private mutating func hold(_ approval: Approval) -> [RetrAIEvent] {
        questions.append(approval)
        return questions.count == 1 ? required() : []
    }

    private mutating func resolve(_ id: ApprovalID, _ answer: Resolution) -> [RetrAIEvent] {
        guard let place = questions.firstIndex(where: { $0.id == id }) else { return [] }
        let approval = questions.remove(at: place)
        let response = RetrAIEvent.response(
            to: approval,
            answer.word(for: approval),
            by: answer.by,
            message: answer.message
        )
        return [response] + required()
    }

    /// The oldest open question; none when there is none.
    private func required() -> [RetrAIEvent] {
        guard let approval = questions.first else { return [] }
        return [.step(.humanCheck, iteration), .required(approval, iteration, lastCheck)]
    }
}

/// What a run has used so far.
struct Ledger: Sendable {
    private(set) var total = Spending()
    private var iteration = Spending()
    private var reader = CostLedger.Reader()

    mutating func take(_ event: Event) {
        guard let entry = reader.take(event) else { return }
        total.add(entry.spent)
        iteration.add(entry.spent)
    }

    /// The tokens since this was last asked.
    mutating func takeIteration() -> Int {
        defer { iteration = Spending() }
        return iteration.tokens
    }
}
