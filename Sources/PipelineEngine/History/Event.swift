public import PipelineKit

/// One thing that happened in a run.
public struct Event: Sendable, Hashable {
    /// From 1, without gaps, within one run.
    public var sequence: Int
    public var at: Instant
    public var payload: Payload
    /// The digest of this event and of all before it.
    public var digest: Digest

    public init(sequence: Int, at: Instant, payload: Payload, digest: Digest) {
        self.sequence = sequence
        self.at = at
        self.payload = payload
        self.digest = digest
    }
}

extension Event {
    /// What happened, in the past tense. Cases are added, never changed: histories outlive releases.
    ///
    /// Large ones that are rare are indirect, or every other event would be as large.
    public enum Payload: Sendable, Hashable {
        indirect case runStarted(RunStart)
        case workspaceOpened(Workspace, start: SnapshotID)
        case checkStarted(CheckName, snapshot: SnapshotID)
        indirect case checkFinished(CheckName, CheckResult)
        /// A gate asks a model; recorded before it is asked.
        indirect case judgeRequested(JudgeIntent)
        indirect case judgeReplied(JudgeReply)
        /// The model gave no answer.
        indirect case judgeFailed(number: Int, attempt: Int, Failure)
        case iterationStarted(Int)
        case modelRequested(ModelIntent)
        case modelReplied(RecordedReply)
        /// The model gave no reply; with a time it is asked again.
        case modelFailed(turn: Int, attempt: Int, Failure, retryAt: Instant?)
        /// A model gave no reply, and the next one of the pipeline stands in for it.
        indirect case modelFellBack(from: ModelName, to: ModelName)
        /// The beginning of the conversation is replaced by a summary of it.
        case conversationCompacted(Compaction)
        case callProposed(ProposedCall)
        /// Hooks were asked about a call, and the rules looked at what they made of it.
        indirect case callAssessed(CallID, HookedCall)
        case callStarted(CallID)
        case callFinished(CallID, RecordedOutput)
        case callRefused(CallID, reason: String)
        /// A call has another run do its work; recorded before that run begins.
        indirect case agentStarted(CallID, AgentRun)
        /// That run has ended.
        case agentFinished(CallID, spent: Spending)
        /// A step of the pipeline begins; recorded before anything of it is done.
        ///
        /// - Parameter runs: Those that do its work, one for each element; of a first try, where there may be more.
        indirect case stepStarted(StepPlace, runs: [RunID])
        /// It is settled who has won a race; recorded before the others are ended.
        indirect case raceDecided(StepPlace, RaceDecision)
        /// A step has ended, or is left out.
        indirect case stepFinished(StepPlace, StepResult, spent: Spending)
        indirect case approvalRequested(Approval)
        indirect case approvalResolved(ApprovalID, Resolution)
        case messageAdded(String, by: String)
        indirect case limitsChanged(Limits, by: String)
        case settingsChanged(SettingsChange)
        case rolledBack(Rollback)
        /// What commands reached through the way out of their sandbox, or were kept from reaching.
        case networkUsed(NetworkReport)
        /// What the run changed was brought to the project.
        indirect case changesApplied(Application)
        /// The run goes on from here with files of its own; what stands before is another run's.
        case runForked(ForkPoint)
        case bestChosen(BestChoice)
        case runFinished(RunStatus, reason: String)
        case runReopened(by: String)
        indirect case hookFailed(HookFailure)
        /// A program told of its work that is no part of the run.
        indirect case reported(OutsideReport)
    }
}

/// How a run begins: everything it needs is in here, so that nothing edited later reaches it.
public struct RunStart: Sendable, Hashable {
    public var run: RunID
    /// The pipeline in its normal form, inputs filled in.
    public var pipeline: JSONValue
    public var inputs: [String: JSONValue]
    /// Absolute path of the directory the person named.
    public var project: String
    /// Where the files of the project come from, when it is there for this run alone; `nil` for one that is there anyway.
    public var source: ProjectSource?
    /// The contract or command that started the run: `cli`.
    public var origin: String
    /// What whoever started the run counts it to, in words of their own: a repository, a conversation; empty for nothing.
    public var group: String
    /// The version of Sluice that started it.
    public var version: String
    /// The name of the key of whoever started it, whose limits of cost hold; `nil` for whoever needed none.
    public var key: String?
    /// The run whose history this one begins with; `nil` for one that began by itself.
    public var forkedFrom: ForkOrigin?
    /// What this run does the work of; `nil` for one that a person or a client started.
    public var parent: ParentWork?

    public init(
        run: RunID,
        pipeline: JSONValue,
        inputs: [String: JSONValue] = [:],
        project: String,
        source: ProjectSource? = nil,
        origin: String,
        group: String = "",
        version: String,
        key: String? = nil,
        forkedFrom: ForkOrigin? = nil,
        parent: ParentWork? = nil
    ) {
        self.forkedFrom = forkedFrom
        self.parent = parent
        self.run = run
        self.pipeline = pipeline
        self.inputs = inputs
        self.project = project
        self.source = source
        self.origin = origin
        self.group = group
        self.version = version
        self.key = key
    }
}

/// What a person set otherwise while the run was under way; `nil` for what stays.
public struct SettingsChange: Sendable, Hashable {
    /// The model from the next turn on.
    public var model: ModelName?
    /// When a person is asked, from the next check, call or plan on.
    public var gate: HumanPolicy.Moment?
    /// What the model is told besides the goal, from the next turn on.
    public var instructions: String?
    public var by: String

    public init(model: ModelName? = nil, gate: HumanPolicy.Moment? = nil, instructions: String? = nil, by: String) {
        self.model = model
        self.gate = gate
        self.instructions = instructions
        self.by = by
    }
}

/// The workspace, set back to what it was.
public struct Rollback: Sendable, Hashable {
    /// Whose end the workspace was set back to; 0 is the start of the run.
    public var iteration: Int
    public var snapshot: SnapshotID
    /// What the workspace was before that.
    public var replaced: SnapshotID
    public var by: String

    public init(iteration: Int, snapshot: SnapshotID, replaced: SnapshotID, by: String) {
        self.iteration = iteration
        self.snapshot = snapshot
        self.replaced = replaced
        self.by = by
    }
}

/// The intent to ask the model, recorded before it is asked.
public struct ModelIntent: Sendable, Hashable {
    /// What the model is asked for.
    public enum Purpose: String, Sendable, Hashable {
        /// The next step of the work.
        case reply
        /// A summary of the conversation, which has become too long.
        case summary
    }

    /// From 1, over the whole run.
    public var turn: Int
    /// From 1, within the turn.
    public var attempt: Int
    public var model: String
    /// What the reply may use at most: every byte of the request counted as a token, and the longest reply.
    public var reserved: Spending
    /// The digest of the request.
    public var request: Digest
    public var purpose: Purpose

    public init(
        turn: Int,
        attempt: Int,
        model: String,
        reserved: Spending,
        request: Digest,
        purpose: Purpose = .reply
    ) {
        self.purpose = purpose
        self.turn = turn
        self.attempt = attempt
        self.model = model
        self.reserved = reserved
        self.request = request
    }
}

/// Tokens and money.
public struct Spending: Sendable, Hashable {
    public var tokens: Int
    /// `nil` when the price is not known.
    public var cost: Money?

    public init(tokens: Int = 0, cost: Money? = nil) {
        self.tokens = tokens
        self.cost = cost
    }
}

extension Spending {
    /// Adds what may have come from a service that counts anything; the most that a number holds is the most it gets.
    public mutating func add(_ other: Spending) {
        tokens = tokens.adding(other.tokens)
        if let more = other.cost { cost = (cost ?? .zero) + more }
    }
}

/// A reply of the model, without the calls, which follow as events of their own.
public struct RecordedReply: Sendable, Hashable {
    public var turn: Int
    public var text: String
    public var usage: Usage
    public var cost: Money?
    public var stop: ModelReply.Stop
    /// What the provider is given back with the reply; ``ModelReply/keepsake``.
    public var keepsake: JSONValue?

    public init(
        turn: Int,
        text: String,
        usage: Usage,
        cost: Money?,
        stop: ModelReply.Stop,
        keepsake: JSONValue? = nil
    ) {
        self.keepsake = keepsake
        self.turn = turn
        self.text = text
        self.usage = usage
        self.cost = cost
        self.stop = stop
    }
}

/// A call the model asked for, and what is known of it before it is carried out.
public struct ProposedCall: Sendable, Hashable {
    /// The engine's name for it: turn and place, `3.1`.
    public var id: CallID
    /// What the model wrote.
    public var call: ToolCall
    /// What the tool may touch; empty for a tool that does not exist.
    public var reach: Set<Reach>
    /// Which version of the operator's policy decided on it; `nil` where there was none.
    public var policy: String?
    /// Whether hooks are to be asked before anything is decided about it.
    public var awaitsHooks: Bool

    public init(id: CallID, call: ToolCall, reach: Set<Reach>, policy: String? = nil, awaitsHooks: Bool = false) {
        self.awaitsHooks = awaitsHooks
        self.id = id
        self.call = call
        self.reach = reach
        self.policy = policy
    }

    /// Whether carrying it out twice is as good as once.
    public var isRepeatable: Bool { reach.isSubset(of: [.reads]) }
}

/// The output of a call as the history keeps it: capped, with the whole as an artifact.
public struct RecordedOutput: Sendable, Hashable {
    public var text: String
    public var exitCode: Int?
    public var isError: Bool
    /// The whole output, when ``text`` is not all of it.
    public var whole: Digest?
    /// What the model is shown besides the text, which has a line about each.
    public var images: [RecordedImage]
    /// The workspace after a call that may have changed it; `nil` for other calls, and where nobody looked.
    public var snapshot: SnapshotID?

    public init(
        text: String,
        exitCode: Int? = nil,
        isError: Bool = false,
        whole: Digest? = nil,
        images: [RecordedImage] = [],
        snapshot: SnapshotID? = nil
    ) {
        self.snapshot = snapshot
        self.text = text
        self.exitCode = exitCode
        self.isError = isError
        self.whole = whole
        self.images = images
    }
}

/// An image as the history keeps it: its bytes are an artifact.
public struct RecordedImage: Sendable, Hashable {
    public var mediaType: Image.MediaType
    /// In bytes.
    public var size: Int
    public var digest: Digest

    public init(_ mediaType: Image.MediaType, size: Int, digest: Digest) {
        self.mediaType = mediaType
        self.size = size
        self.digest = digest
    }

    /// The image as a message refers to it.
    var reference: ImageReference { ImageReference(mediaType, size: size, digest: "\(digest)") }
}
