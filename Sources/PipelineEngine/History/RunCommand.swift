public import PipelineKit

/// Something asked of a run, or an answer that the engine brings back to it.
public enum RunCommand: Sendable, Hashable {
    // Asked by a person or a client.
    /// - Parameter shown: The digest of what the person saw; `nil` when the caller cannot know it.
    case resolve(ApprovalID, Resolution, shown: Digest?)
    /// The same with an answer that allows other calls too.
    /// - Parameter covering: Open questions about calls which the answer's ``Resolution/grant`` covers.
    indirect case resolveAlike(ApprovalID, Resolution, shown: Digest?, covering: [ApprovalID])
    case cancel(by: String, reason: String)
    case addMessage(String, by: String)
    indirect case changeLimits(Limits, by: String)
    case changeSettings(SettingsChange)
    case rollBack(Rollback)
    /// What the run changed is in the project.
    indirect case noteApplication(Application)
    /// Takes up a run that ended without its goal.
    case reopen(by: String)

    // Asked and told by programs that work in the run's directory and are no part of it.
    indirect case ask(OutsideQuestion)
    /// All of them, or none.
    case report([OutsideReport])
    /// The program is gone that the engine had started and that asked; nobody waits for answers to what is open.
    case dropQuestions

    // Brought back by the engine.
    case openWorkspace(Workspace, start: SnapshotID)
    case beginCheck(CheckName, snapshot: SnapshotID)
    indirect case finishCheck(CheckName, CheckResult)
    indirect case beginJudgement(JudgeIntent)
    indirect case finishJudgement(JudgeReply)
    indirect case failJudgement(Int, attempt: Int, Failure)
    indirect case beginTurn(ModelIntent)
    /// The question to the model that was to be asked has no room in an account.
    indirect case overdraw(Overdraft)
    case finishTurn(Int, ModelReply, cost: Money?, calls: [AssessedCall])
    case failTurn(Int, attempt: Int, Failure, retryAt: Instant?)
    /// Hooks were asked about a call, and the rules look at what they made of it.
    indirect case assessCall(AssessedCall, HookedCall)
    /// A hook that could not change anything any more failed.
    indirect case noteHook(HookFailure)
    /// A call that has not begun is looked at again, as the operator's policy is another one by now.
    indirect case reassessCall(AssessedCall)
    /// - Parameter shown: The digest of what would run now, where that matters (``RunState/Call/isBound``).
    case beginCall(CallID, shown: Digest?)
    case finishCall(CallID, RecordedOutput)
    /// A call is about to have another run do its work.
    indirect case beginAgent(CallID, AgentRun)
    /// That run has ended.
    case finishAgent(CallID, spent: Spending)
    /// What is to happen with a step of the pipeline.
    indirect case step(StepPlace, StepCommand)
    /// A call needs an answer of a person before it can go on.
    indirect case holdCall(CallID, InputRequest)
    case noteNetwork(NetworkReport)
    /// The files are those of the best iteration.
    case keepBest
    /// Something without which the run cannot go on could not be done.
    case fail(Failure)
    /// The deadline of an approval may have passed.
    case expire(ApprovalID)
}

/// What the engine brings back of a step.
public enum StepCommand: Sendable, Hashable {
    /// It is to begin, or to be left out.
    ///
    /// - Parameters:
    ///   - runs: Those that will do its work.
    ///   - question: What a person is asked, when that is what the step does.
    case begin(runs: [RunID], question: String?)
    /// A run that does its work needs an answer of a person before it can go on.
    case hold(RunID, InputRequest)
    /// It is settled who has won the race that it is.
    case decide(RaceDecision)
    /// A run that does its work has used up what the run has left, and needs more.
    case exhaust(LimitName, spent: Spending)
    case finish(StepResult, spent: Spending)
}

/// A proposed call with what the engine found when it looked at it.
public struct AssessedCall: Sendable, Hashable {
    public let proposed: ProposedCall
    /// What the policy says of it.
    public let rule: ToolPolicy.Rule
    /// Whether a person has allowed such calls for the rest of the run.
    public let isGranted: Bool
    private let finding: Finding

    /// Apart, because most calls are neither wrong nor asked about, and a reply may have hundreds.
    private indirect enum Finding: Sendable, Hashable {
        case nothing
        case found(problem: String?, shown: Digest?, note: String?)
    }

    /// Why it cannot be carried out as it was written, for the model.
    public var problem: String? {
        if case .found(let problem, _, _) = finding { problem } else { nil }
    }

    /// The digest of what a person would be shown; `nil` where nobody would be asked.
    public var shown: Digest? {
        if case .found(_, let shown, _) = finding { shown } else { nil }
    }

    /// What whoever is asked should know besides the call.
    public var note: String? {
        if case .found(_, _, let note) = finding { note } else { nil }
    }

    public init(
        _ proposed: ProposedCall,
        problem: String?,
        rule: ToolPolicy.Rule,
        isGranted: Bool = false,
        shown: Digest?,
        note: String? = nil
    ) {
        self.proposed = proposed
        self.rule = rule
        self.isGranted = isGranted
        let isFound = problem != nil || shown != nil
        finding = isFound ? .found(problem: problem, shown: shown, note: note) : .nothing
    }
}

/// Why a run will not do what it was asked. Nothing was recorded.
public enum Refusal: Error, Sendable, Hashable {
    case notStarted
    case alreadyStarted
    case alreadyFinished(RunStatus)
    case notFinished
    case unknownApproval(ApprovalID)
    case alreadyResolved(ApprovalID, Resolution)
    /// What the person was shown is not what would happen now.
    case shownDiffers(ApprovalID)
    case notExpired(ApprovalID)
    /// An answer changes a call, or allows others like it, where no call is asked about.
    case notACall(ApprovalID)
    /// What is answered does not fit the form of what is asked: whole sentences.
    case wrongAnswer(ApprovalID, String)
    /// More is answered than yes or no, where nothing else is asked for.
    case takesNoAnswer(ApprovalID)
    case unknownCall(CallID)
    /// The engine brings back something the run no longer waits for.
    case outdated
    case unknownIteration(Int)
    /// The workspace cannot be set back while calls or a check are under way.
    case underWay
    case goalHeld
    /// What the run changed cannot be brought to the project: whole sentences.
    case notApplied(String)
    /// What a program outside asks or tells does not go with what it asked and told before: whole sentences.
    case notTaken(String)
}

extension Refusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notStarted: "The run has no history yet."
        case .alreadyStarted: "The run has been started already."
        case .alreadyFinished(let status): "The run has ended already: \(status.words)."
        case .notFinished: "The run has not ended yet."
        case .unknownApproval(let id): "This run has no approval '\(id)'."
        case .alreadyResolved(let id, let answer):
            "Approval '\(id)' was already \(answer.decision.rawValue) by \(answer.by)."
        case .shownDiffers(let id):
            "Approval '\(id)' is for something else than was shown. Look at it again before you answer."
        case .notExpired(let id): "Approval '\(id)' is still open."
        case .notACall(let id):
            "Approval '\(id)' is not about a call that has yet to begin: there is nothing to edit, and nothing to allow for the run."
        case .wrongAnswer(let id, let sentences): "Approval '\(id)' asks for something else. \(sentences)"
        case .takesNoAnswer(let id): "Approval '\(id)' asks for yes or no, and takes no other answer."
        case .unknownCall(let id): "This run has no open call '\(id)'."
        case .outdated: "The run has moved on."
        case .unknownIteration(let number): "This run has no snapshot of an iteration \(number)."
        case .underWay: "The run is in the middle of its work. Cancel it first, or wait until it asks or ends."
        case .notApplied(let sentences), .notTaken(let sentences): sentences
        case .goalHeld: "The run has reached its goal; there is nothing to take up again."
        }
    }
}

extension RunStatus {
    /// The status in words: `not achieved`.
    public var words: String { rawValue.split(separator: "_").joined(separator: " ") }
}
