public import PipelineKit

/// A question to a person, as data: nothing is suspended while it is open.
public struct Approval: Sendable, Hashable {
    /// What the answer is about.
    public enum Subject: Sendable, Hashable {
        /// A call that the policy asks about.
        case call(CallID)
        /// A call that may already have run, in a process that died.
        case repetition(CallID)
        /// The result of a check: go on, or end with it.
        case check(CheckName)
        /// The plan that the model gave in this turn.
        case plan(turn: Int)
        /// A limit that the next step may pass.
        case limit(LimitName)
    }

    public var id: ApprovalID
    public var subject: Subject
    /// What the person is asked, in a sentence or a few.
    public var question: String
    /// What exactly was shown; the answer holds for this and for nothing else.
    public var shown: Digest
    public var deadline: Instant?
    public var onDeadline: HumanPolicy.Fallback

    public init(
        id: ApprovalID,
        subject: Subject,
        question: String,
        shown: Digest,
        deadline: Instant? = nil,
        onDeadline: HumanPolicy.Fallback = .abort
    ) {
        self.id = id
        self.subject = subject
        self.question = question
        self.shown = shown
        self.deadline = deadline
        self.onDeadline = onDeadline
    }
}

/// A limit that parks a run: one of ``Limits``, or of a ``Budget``.
public enum LimitName: String, Sendable, Hashable, CaseIterable {
    case cost
    case tokens
    case wall
    /// What all runs, or those of a key, may spend on a day.
    case day
    /// What the runs of a key may spend in all.
    case key
}

/// An answer to an approval.
public struct Resolution: Sendable, Hashable {
    public enum Decision: String, Sendable, Hashable, CaseIterable {
        case approved
        case rejected
        /// Nobody answered in time; counts as the approval's fallback.
        case expired
    }

    public var decision: Decision
    public var by: String
    /// What the person wants the model to know.
    public var message: String
    /// What the person allows for the rest of the run besides the call that was asked about.
    public var grant: ToolRule?
    /// What the person made of the call that was asked about; that call is carried out.
    public var edit: CallEdit?
    /// The question whose answer, with its ``grant``, answered this one too.
    public var coveredBy: ApprovalID?

    public init(
        _ decision: Decision,
        by: String,
        message: String = "",
        grant: ToolRule? = nil,
        edit: CallEdit? = nil,
        coveredBy: ApprovalID? = nil
    ) {
        self.decision = decision
        self.by = by
        self.message = message
        self.grant = grant
        self.edit = edit
        self.coveredBy = coveredBy
    }
}

/// A call as somebody else than the model wrote it, looked at again.
public struct CallEdit: Sendable, Hashable {
    /// JSON, in its canonical form.
    public var arguments: String
    public var reach: Set<Reach>
    /// What is answered for now; ``Approval/shown``.
    public var shown: Digest

    public init(arguments: String, reach: Set<Reach>, shown: Digest) {
        self.arguments = arguments
        self.reach = reach
        self.shown = shown
    }
}
