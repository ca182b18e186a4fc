import PipelineEngine
import PipelineKit

/// A question of a run as an editor puts it to its person: `session/request_permission`.
struct Permission {
    private let approval: Approval
    /// The call that it is about, as it was shown; empty for anything else.
    private let call: [String: JSONValue]
    private let named: (String) -> String

    /// Whether an editor can put it: it knows options, and no fields to write in.
    static func canPut(_ approval: Approval) -> Bool {
        approval.input.map { $0.form.fields.isEmpty || !choices($0.form).isEmpty } ?? true
    }

    /// The answers to choose from where a call asks for one of several; none for anything else.
    private static func choices(_ form: InputForm) -> [InputField.Option] {
        guard form.fields.count == 1, case .choice(let options)? = form.fields.first?.kind else { return [] }
        return options
    }

    init(_ approval: Approval, _ updates: Updates) {
        self.approval = approval
        call = updates.call(of: approval)
        named = updates.named
    }

    private enum Choice: String, CaseIterable {
        case once = "allow_once"
        case always = "allow_always"
        case never = "reject_once"
    }

    /// The parameters, without the session's.
    var params: [String: JSONValue] {
        let answers = approval.input.map { Self.choices($0.form) } ?? []
        var options = answers.enumerated().map { number, option in
            Self.option(Self.prefix + "\(number)", .once, option.title ?? option.value)
        }
        for choice in Choice.allCases where choice == .never || (choice == .always ? isAboutACall : answers.isEmpty) {
            options.append(Self.option(choice.rawValue, choice, name(of: choice)))
        }
        let question: JSONValue = ["type": "content", "content": ["type": "text", "text": .string(approval.inFull)]]
        var call = call
        call["toolCallId"] = .string(named(subject))
        call["title"] = call["title"] ?? .string(approval.question)
        call["content"] = .array((call["content"]?.elements ?? []) + [question])
        return ["toolCall": .object(call), "options": .array(options)]
    }

    private static func option(_ id: String, _ kind: Choice, _ name: String) -> JSONValue {
        ["optionId": .string(id), "kind": .string(kind.rawValue), "name": .string(name)]
    }

    /// Of the options that are answers; their numbers follow.
    private static let prefix = "answer-"

    /// What a person has chosen.
    struct Answer {
        var decision: Resolution.Decision
        var grant: GrantRequest?
        var answer: JSONValue?
    }

    /// - Parameter response: `RequestPermissionResponse`.
    /// - Returns: `nil` when nothing was chosen.
    func answer(_ response: JSONValue) -> Answer? {
        let outcome = response["outcome"]
        guard outcome?["outcome"] == "selected", let option = outcome?["optionId"]?.text else { return nil }
        if let form = approval.input?.form, option.hasPrefix(Self.prefix) {
            let all = Self.choices(form)
            guard let number = Int(option.dropFirst(Self.prefix.count)), all.indices.contains(number) else {
                return nil
            }
            return Answer(decision: .approved, answer: .string(all[number].value))
        }
        switch Choice(rawValue: option) {
        case .once: return Answer(decision: .approved)
        case .always: return Answer(decision: .approved, grant: .same)
        case .never: return Answer(decision: .rejected)
        case nil: return nil
        }
    }

    /// Whether it asks to let a call be made for the first time.
    private var isAboutACall: Bool { if case .call = approval.subject { true } else { false } }

    private var subject: String {
        switch approval.subject {
        case .call(let id), .repetition(let id), .input(let id): id.value
        case .check, .plan, .limit, .step, .outside: "question-\(approval.id)"
        }
    }

    private func name(of choice: Choice) -> String {
        switch (choice, approval.subject) {
        case (.once, .call): "Allow"
        case (.always, _): "Allow exactly this for the rest of the run"
        case (.never, .call): "Refuse"
        case (.once, .repetition): "Make it again"
        case (.once, .outside): "Yes"
        case (.never, .outside): "No"
        case (.once, .input): "It is done"
        case (.never, .input): "I do not answer"
        case (.once, _): "Go on"
        case (.never, _): "Do not"
        }
    }
}
