public import PipelineKit

/// A question to a person, as data: nothing is suspended while it is open.
public struct Approval: Sendable, Hashable {
    /// What the answer is about.
    public enum Subject: Sendable, Hashable {
        /// A call that the policy asks about.
        case call(CallID)
        /// A call that may already have run, in a process that died.
        case repetition(CallID)
        /// What a call cannot go on without; it is made again with the answer.
        case input(CallID)
        /// The result of a check: go on, or end with it.
        case check(CheckName)
        /// The plan that the model gave in this turn.
        case plan(turn: Int)
        /// A limit that the next step may pass.
        case limit(LimitName)
        /// A step that is a question; or with a run, what that run cannot do its work for the step without.
        case step(StepPlace, run: RunID?)
        /// What a program asks that works in the run's directory and is no part of it; the run goes on meanwhile.
        ///
        /// - Parameters:
        ///   - key: ``OutsideQuestion/key``.
        ///   - tool: What the program is about to use.
        case outside(key: String, tool: String)

        /// Whether more than yes or no is asked for; `nil` where it may be either.
        var asksForInput: Bool? {
            switch self {
            case .input: true
            case .step(_, let run): run != nil
            case .call, .repetition, .check, .plan, .limit: false
            case .outside: nil
            }
        }
    }

    public var id: ApprovalID
    public var subject: Subject
    /// What the person is asked, in a sentence or a few.
    public var question: String
    /// What exactly was shown; the answer holds for this and for nothing else.
    public var shown: Digest
    public var deadline: Instant?
    public var onDeadline: HumanPolicy.Fallback
    /// What the answer is to be, and what whoever asked needs besides; `nil` where the answer is yes or no.
    public var input: Input?
    /// What exactly a question from outside is about; null for nothing, and in lists of questions, which leave it out.
    public var about: JSONValue

    public struct Input: Sendable, Hashable {
        public var form: InputForm
        /// The tool's own, for the call that is made with the answer.
        public var state: JSONValue

        public init(_ form: InputForm, state: JSONValue = .null) {
            self.form = form
            self.state = state
        }
    }

    public init(
        id: ApprovalID,
        subject: Subject,
        question: String,
        shown: Digest,
        deadline: Instant? = nil,
        onDeadline: HumanPolicy.Fallback = .abort,
        input: Input? = nil,
        about: JSONValue = .null
    ) {
        self.about = about
        self.id = id
        self.subject = subject
        self.question = question
        self.shown = shown
        self.deadline = deadline
        self.onDeadline = onDeadline
        self.input = input
    }
}

extension Approval {
    /// Whether a program asks that is no part of the run. Nothing of the run waits for the answer.
    public var isFromOutside: Bool { if case .outside = subject { true } else { false } }

    /// The question with all that whoever answers has to know, for those who show one text.
    public var inFull: String {
        guard case .outside(_, let tool) = subject else { return question }
        let details = about == .null ? "" : "\n\(String(decoding: about.encoded(.pretty), as: UTF8.self))"
        return "\(tool): \(question)\(details)"
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
