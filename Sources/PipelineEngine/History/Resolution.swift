public import PipelineKit

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
    /// What the person said where more than yes or no was asked for (``Approval/input``); fits its form.
    public var answer: JSONValue?
    /// The question whose answer, with its ``grant``, answered this one too.
    public var coveredBy: ApprovalID?

    public init(
        _ decision: Decision,
        by: String,
        message: String = "",
        grant: ToolRule? = nil,
        edit: CallEdit? = nil,
        answer: JSONValue? = nil,
        coveredBy: ApprovalID? = nil
    ) {
        self.decision = decision
        self.by = by
        self.message = message
        self.grant = grant
        self.edit = edit
        self.answer = answer
        self.coveredBy = coveredBy
    }
}

extension Resolution {
    /// Of questions that nobody had answered when their run ended.
    static let endOfRun = Resolution(.expired, by: "the end of the run")

    /// Of questions whose program ended before anybody had answered.
    static let endOfAsker = Resolution(.rejected, by: "the end of the program that asked")

    /// Whether nobody has answered before the run ended.
    public var isEndOfRun: Bool { self == .endOfRun }
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
