public import PipelineKit

/// A run as its history tells it.
///
/// State is a fold over events and nothing else: no clock, no disk, no randomness. The work outstanding is a function of
/// the state too (``RunFacts/effects``), so a restart is a replay.
///
/// It is one word: copies share what they know until one of them takes in another event. So it can be handed around, and
/// kept by whoever waits, without a thought.
@dynamicMemberLookup
public struct RunState: Sendable, Hashable {
    @Shared var facts = RunFacts()

    public init() {}

    public init(replaying events: some Sequence<Event>) {
        for event in events { apply(event) }
    }

    public subscript<Value>(dynamicMember path: KeyPath<RunFacts, Value>) -> Value {
        _facts.wrappedValue[keyPath: path]  // read where they stand: the property's own getter copies all the facts
    }

    /// Takes in what happened. Total: it never throws, reads no clock and asks nobody.
    public mutating func apply(_ event: Event) { facts.apply(event) }

    /// The work outstanding (``RunFacts/effects``).
    public var effects: [Effect] { _facts.wrappedValue.effects }

    /// Time the run has used by this moment, waiting for people not counted.
    public func elapsed(at now: Instant) -> Duration { facts.elapsed(at: now) }
}

extension RunState {
    /// What the run is at.
    public enum Phase: Sendable, Hashable {
        case opening
        case checking(CheckName)
        /// The model is to reply.
        case asking
        /// Calls of the last reply are open.
        case calling
        /// Steps of the pipeline are to be carried out.
        case stepping
        /// The files become what they were when they scored most; then the run ends.
        indirect case keeping(BestChoice)
        case finished(RunStatus, reason: String)
    }

    /// A call of a tool, and how far it is.
    public struct Call: Sendable, Hashable {
        public indirect enum Stage: Sendable, Hashable {
            /// A person is asked.
            case held(ApprovalID)
            case ready
            /// Hooks are to be asked first.
            case assessing
            /// Begun, and not ended as far as the history knows.
            case started
            case done(RecordedOutput)
            case refused(String)

            var isOpen: Bool {
                switch self {
                case .assessing, .held, .ready, .started: true
                case .done, .refused: false
                }
            }
        }

        public var proposed: ProposedCall
        public var stage: Stage
        /// The approval that released the call.
        public var approval: ApprovalID?
        /// Who changed its arguments before it was allowed.
        public var revision: String?
        /// What a person said to what it asked for when it was made last.
        public var input: InputAnswer?
        /// The run that does its work.
        public var agent: RunID?
        /// Whether that run has ended, and what it spent is counted.
        var agentIsOver = false

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
}
