public import PipelineKit

/// A run as its history tells it.
///
/// State is a fold over events and nothing else: no clock, no disk, no randomness. The work
/// outstanding is a function of the state too (``effects``), so a restart is a replay.
public struct RunState: Sendable, Hashable {
    /// What the run is at.
    public enum Phase: Sendable, Hashable {
        case opening
        case checking(CheckName)
        /// The model is to reply.
        case asking
        /// Calls of the last reply are open.
        case calling
        case finished(RunStatus, reason: String)
    }

    public internal(set) var sequence = 0
    public internal(set) var head = Chain.start
    @Shared public internal(set) var start: RunStart? = nil
    /// As it was recorded at the start, with the model and the moments for questions that people have set since; `nil`
    /// before the start, and for a recorded pipeline that this version cannot read.
    @Shared public internal(set) var pipeline: Pipeline? = nil
    public internal(set) var limits = Limits()
    public internal(set) var startedAt = Instant(milliseconds: 0)
    public internal(set) var updatedAt = Instant(milliseconds: 0)
    public internal(set) var phase = Phase.opening

    @Shared public internal(set) var workspace: Workspace? = nil
    public internal(set) var startSnapshot: SnapshotID?
    /// The workspace as it was judged after each iteration; 0 is the start.
    public internal(set) var snapshots = ShardedDictionary<Int, SnapshotID>()

    /// The iteration under way, or the last one; 0 before the model was asked.
    public internal(set) var iteration = 0
    var iterationIsOpen = false
    var turnsInIteration = 0

    /// The last turn that the model was asked for.
    public internal(set) var turn = 0
    /// Attempts of the next turn that have failed.
    var failedAttempts = 0
    var retryAt: Instant?
    /// What the model is being asked, or was when the process died.
    @Shared public internal(set) var intent: ModelIntent? = nil
    var conversation = Conversation()
    /// Words of people that wait until the open calls are answered.
    var pendingMessages: [Message] = []

    public internal(set) var calls = TurnCalls()
    public internal(set) var approvals: [ApprovalID: ApprovalState] = [:]
    /// Those of ``approvals`` that nobody has answered, oldest first.
    var openApprovals: [ApprovalID] = []
    var planIsApproved = false

    public internal(set) var openCheck: CheckName?
    @Shared public internal(set) var baseline: CheckResult? = nil
    @Shared public internal(set) var lastCheck: CheckResult? = nil

    /// What replies have used, and what attempts may have used that gave none.
    public internal(set) var spent = Spending()
    public internal(set) var usage = Usage()
    /// Time in which nothing could go on without a person.
    var waited = Duration.zero
    var waitingSince: Instant?

    public init() {}

    public init(replaying events: some Sequence<Event>) {
        for event in events { apply(event) }
    }
}

extension RunState {
    /// A call of a tool, and how far it is.
    public struct Call: Sendable, Hashable {
        public indirect enum Stage: Sendable, Hashable {
            /// A person is asked.
            case held(ApprovalID)
            case ready
            /// Begun, and not ended as far as the history knows.
            case started
            case done(RecordedOutput)
            case refused(String)

            var isOpen: Bool {
                switch self {
                case .held, .ready, .started: true
                case .done, .refused: false
                }
            }
        }

        public var proposed: ProposedCall
        public var stage: Stage
        /// The approval that released the call.
        public var approval: ApprovalID?

        public var isOpen: Bool { stage.isOpen }

        /// Whether it matters what exactly would run now: a person has answered for it, or is to be asked.
        var isBound: Bool { approval != nil || stage == .started }
    }

    /// An approval, and its answer once there is one.
    public struct ApprovalState: Sendable, Hashable {
        public var approval: Approval
        public var requestedAt: Instant
        public var resolution: Resolution?
    }

    /// What the model is sent, oldest first.
    public var messages: [Message] { conversation.messages }

    /// The questions nobody has answered, oldest first.
    public var pendingApprovals: [ApprovalState] {
        openApprovals.compactMap { approvals[$0] }
    }

    /// The question without whose answer the run as a whole cannot go on.
    var blockingApproval: Approval? {
        pendingApprovals.lazy.map(\.approval).first { approval in
            switch approval.subject {
            case .check, .plan, .limit: true
            case .call, .repetition: false
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
    public var mayBeRolledBack: Bool { isFinished || (phase == .asking && intent == nil) }

    /// Whether the model is still to give a plan that a person approves.
    public var isPlanning: Bool { pipeline?.human.gate == .plan && !planIsApproved }

    /// The goal's settings; the run must have been started.
    var goal: Goal? { pipeline?.goal }

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
