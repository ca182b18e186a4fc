public import PipelineKit

/// What the events of a run add up to.
public struct RunFacts: Sendable, Hashable {
    public internal(set) var sequence = 0
    public internal(set) var head = Chain.start
    @Shared public internal(set) var start: RunStart? = nil
    /// As it was recorded at the start, with the model and the moments for questions that people have set since; `nil`
    /// before the start, and for a recorded pipeline that this version cannot read.
    @Shared public internal(set) var pipeline: Pipeline? = nil
    @Shared public internal(set) var limits = Limits()
    public internal(set) var startedAt = Instant(milliseconds: 0)
    public internal(set) var updatedAt = Instant(milliseconds: 0)
    public internal(set) var phase = RunState.Phase.opening

    @Shared public internal(set) var workspace: Workspace? = nil
    public internal(set) var startSnapshot: SnapshotID?
    /// What the workspace is to be made with that a fork goes on in; `nil` when it has one, and for what is no fork.
    @Shared var forkedFiles: ForkedFiles? = nil
    /// What was brought to the project last; what was put on a branch of its own is not there.
    @Shared public internal(set) var applied: Application? = nil
    /// The workspace as it was judged after each iteration; 0 is the start.
    public internal(set) var snapshots = ShardedDictionary<Int, SnapshotID>()
    /// The workspace as it was when it was looked at last.
    public internal(set) var lastSnapshot: SnapshotID?
    /// Whether nothing has happened since that may have changed the files.
    public internal(set) var filesAreKnown = false

    /// The iteration under way, or the last one; 0 before the model was asked.
    public internal(set) var iteration = 0
    var iterationIsOpen = false
    var turnsInIteration = 0

    /// The last turn that the model was asked for.
    public internal(set) var turn = 0
    /// Attempts of the next turn that have failed.
    var failedAttempts = 0
    /// Those of them that count against ``model``: it was asked, and gave no reply.
    var failuresOfModel = 0
    /// The place in the pipeline's list of the model that is asked; others stood before it.
    var fallbacks = 0
    var retryAt: Instant?
    /// What the model is being asked, or was when the process died.
    @Shared public internal(set) var intent: ModelIntent? = nil
    /// When the model was asked last.
    var askedAt = Instant(milliseconds: 0)
    var conversation = Conversation()
    /// Words of people that wait until the open calls are answered.
    var pendingMessages: [Message] = []

    public internal(set) var calls = TurnCalls()
    /// `nil` for a pipeline without steps.
    @Shared public internal(set) var steps: StepProgress? = nil
    /// What the model has handed on.
    @Shared public internal(set) var outputs: [String: JSONValue] = [:]
    /// When the run was taken up after it had ended; what it had others do ended with it.
    var reopenedAt: Instant?
    public internal(set) var approvals: [ApprovalID: RunState.ApprovalState] = [:]
    /// Those of ``approvals`` that nobody has answered, oldest first.
    var openApprovals: [ApprovalID] = []
    @Shared var outside = OutsideWork()
    var planIsApproved = false
    /// What people have allowed for the rest of the run, oldest first.
    public internal(set) var grants: [ToolRule] = []

    public internal(set) var openCheck: CheckName?
    @Shared var judgements = Judgements()
    @Shared public internal(set) var baseline: CheckResult? = nil
    @Shared public internal(set) var lastCheck: CheckResult? = nil
    /// `nil` where the goal seeks none, or no check had a score that counts.
    public internal(set) var best: BestScore?
    /// The iteration of ``lastCheck``, as long as nothing has been done since that could make another one answer
    /// otherwise.
    public internal(set) var unchangedSince: Int?

    /// What replies have used, and what attempts may have used that gave none.
    public internal(set) var spent = Spending()
    /// The part of ``spent`` that runs have spent which did the work of calls and steps.
    var spentByAgents = Spending()
    public internal(set) var usage = Usage()
    /// Time in which nothing could go on without a person.
    var waited = Duration.zero
    var waitingSince: Instant?

    /// Takes in how the run begins; the pipeline is one in memory for all runs that follow it.
    mutating func take(_ start: RunStart) {
        var start = start
        if let read = ReadPipelines.shared(start.pipeline) { (start.pipeline, _pipeline) = read }
        self.start = start
        let race = pipeline?.race.map { [Step.racing($0, for: pipeline?.goal)] }
        steps = (pipeline?.steps ?? race).map { StepProgress(StepGraph($0)) }
    }
}

extension RunFacts {
    /// What the model is sent, oldest first.
    public var messages: Messages { conversation.messages }

    /// What the model said last; empty before it has said anything.
    public var lastReply: String {
        let last = messages.last { if case .assistant = $0 { true } else { false } }
        guard case .assistant(let text, _, _)? = last else { return "" }
        return text
    }

    /// The questions nobody has answered, oldest first.
    public var pendingApprovals: [RunState.ApprovalState] {
        openApprovals.compactMap { approvals[$0] }
    }

    /// The question without whose answer the run as a whole cannot go on.
    var blockingApproval: Approval? {
        pendingApprovals.lazy.map(\.approval).first { approval in
            switch approval.subject {
            case .check, .plan, .limit: true
            case .call, .repetition, .input, .step, .outside: false
            }
        }
    }

    public var status: RunStatus {
        if case .finished(let status, _) = phase { return status }
        return isWaiting ? .waiting : .running
    }

    /// Whether nothing can happen until a person answers or a deadline passes.
    public var isWaiting: Bool {
        !openApprovals.isEmpty
            && effects.allSatisfy { effect in
                if case .wake = effect { true } else { false }
            }
    }

    /// Whether the run was started, with a pipeline that this version can read.
    var hasPipeline: Bool {
        if case .some = pipeline { true } else { false }
    }

    public var isFinished: Bool {
        if case .finished = phase { true } else { false }
    }

    /// Whether nobody works on the files, so that they may be set back.
    public var mayBeRolledBack: Bool { workspace != nil && (isFinished || (phase == .asking && intent == nil)) }

    /// Whether the model is still to give a plan that a person approves.
    public var isPlanning: Bool { pipeline?.human.gate == .plan && !planIsApproved }

    /// The model that is asked next; `nil` when the pipeline names none.
    public var model: ModelName? { pipeline?.model.map { $0.names[min(fallbacks, $0.others.count)] } }

    /// The one that stands in for ``model``.
    public var standIn: ModelName? {
        guard let names = pipeline?.model?.names, fallbacks + 1 < names.count else { return nil }
        return names[fallbacks + 1]
    }

    /// The goal's settings; the run must have been started.
    var goal: Goal? { pipeline?.goal }

    /// Absolute path of the directory the person named.
    var project: String? { start?.project }
    /// How the place that the model works in is made.
    var workspaceOrder: WorkspaceOrder? {
        guard let project, let policy = pipeline?.workspace else { return nil }
        return WorkspaceOrder(
            project,
            isolation: policy.isolation,
            dirty: policy.dirty,
            heldOut: goal?.holdout ?? [],
            fork: forkedFiles,
            source: forkedFiles == nil ? start?.source : nil
        )
    }

    /// Whether its model works although the goal holds at the start: a step is there to be done, and its goal says what is to hold
    /// when it was.
    var worksAnyway: Bool { pipeline?.outputs != nil }

    /// How many iterations the run may take; a race has one, and its models those of the pipeline.
    public var iterationLimit: Int { pipeline?.race == nil ? limits.iterations : 1 }

    /// The pipeline as it is by now, with the limits that people have set since.
    var currentPipeline: Pipeline? {
        var current = pipeline
        current?.limits = limits
        return current
    }

    /// Time the run has used by this moment, waiting for people not counted.
    public func elapsed(at now: Instant) -> Duration {
        let waiting = waitingSince.map { now - $0 } ?? .zero
        return max(.zero, now - startedAt - waited - waiting)
    }
}

extension ApprovalID {
    /// Approvals are numbered within their run: `a1`, `a2`.
    init(number: Int) { self.init("a\(number)") }
}
