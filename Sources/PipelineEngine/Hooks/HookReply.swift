public import PipelineKit

/// What a hook said, in the contract that scripts for other agents keep too: exit statuses, and JSON on standard output.
struct HookReply: Sendable, Hashable {
    /// What it thinks of the call; `nil` for nothing.
    var decision: HookDecision?
    var reason = ""
    /// Other arguments for the call.
    var arguments: JSONValue?
    /// What the model is to know.
    var note = ""
    /// Why the run is to end; `nil` when it goes on.
    var stop: String?

    /// The most of a reason or a note that is passed on, in characters.
    static let mostCharacters = 4_000

    init() {}

    /// Reads how a program ended; whatever is no clear yes is a no.
    init(_ end: HookEnd) {
        switch end {
        case .timedOut: self.init(failed: "It did not answer in time.")
        case .ended(0, let output, _): self.init(output: output)
        case .ended(2, _, let errors): self.init(no: errors.isEmpty ? "It gave no reason." : errors)
        case .ended(let status, _, let errors):
            let words = errors.isEmpty ? "" : " It said: \(errors)"
            self.init(failed: "It ended with \(status).\(words)")
        }
    }

    /// A hook that gave no answer.
    init(failed reason: String) { self.init(no: "The hook failed. \(reason)") }

    private init(no reason: String) {
        decision = .deny
        self.reason = Self.capped(reason)
    }

    /// What is no JSON object says nothing.
    private init(output: String) {
        guard let json = try? JSONValue(parsing: output), case .object = json else { return }
        let specific = json["hookSpecificOutput"] ?? [:]
        decision = Self.decision(specific["permissionDecision"]?.text ?? json["decision"]?.text)
        reason = Self.capped(specific["permissionDecisionReason"]?.text ?? json["reason"]?.text ?? "")
        if case .object = specific["updatedInput"] { arguments = specific["updatedInput"] }
        note = Self.capped(specific["additionalContext"]?.text ?? "")
        if json["continue"] == false { stop = Self.capped(json["stopReason"]?.text ?? "A hook ended the run.") }
    }

    /// `defer` leaves it to the rules; a word that nobody knows is a no.
    private static func decision(_ word: String?) -> HookDecision? {
        switch word {
        case nil, "defer": nil
        case "allow", "approve": .allow
        case "ask": .ask
        default: .deny
        }
    }

    private static func capped(_ text: String) -> String { String(text.prefix(mostCharacters)).trimmingEnd }
}

extension String {
    /// Without blanks and ends of lines at its end.
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

/// What a hook thinks of a call.
public enum HookDecision: String, Choice {
    case allow
    case ask
    case deny
}

/// What hooks made of a call before it could begin.
public struct HookedCall: Sendable, Hashable {
    /// The strictest of what they said; `nil` when none said anything.
    public var decision: HookDecision?
    /// The hook that said so, or that changed the call last.
    public var hook: String
    public var reason: String
    /// What they made of the arguments; `nil` for what the model wrote.
    public var arguments: String?
    /// What the call may touch.
    public var reach: Set<Reach>
    /// Which version of the operator's policy decided; `nil` where there was none.
    public var policy: String?

    public init(
        decision: HookDecision? = nil,
        hook: String = "",
        reason: String = "",
        arguments: String? = nil,
        reach: Set<Reach> = [],
        policy: String? = nil
    ) {
        self.decision = decision
        self.hook = hook
        self.reason = reason
        self.arguments = arguments
        self.reach = reach
        self.policy = policy
    }
}

/// A hook that could not change anything any more failed.
public struct HookFailure: Sendable, Hashable {
    public var hook: String
    /// The moment, as in a pipeline: `run_end`.
    public var moment: String
    public var reason: String

    public init(hook: String, moment: String, reason: String) {
        self.hook = hook
        self.moment = moment
        self.reason = reason
    }
}
