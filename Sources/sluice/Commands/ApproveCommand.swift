import PipelineEngine
import PipelineKit

/// `sluice approve`: answers what a run asks.
enum ApproveCommand: Subcommand {
    struct Options: Fields {
        @Field("Say no.") var reject: Bool = false
        @Field("Words for the model.") var message: String = ""
        @Field("The digest that was shown with the question; the answer holds for that and nothing else.")
        var shown: String? = nil
        @Field("Allow the same for the rest of the run, or all that a pattern stands for: 'git status *'.")
        var forRun: OptionalPattern? = nil
        @Field("Make the call with these arguments instead, as JSON; the model is told.")
        var arguments: String? = nil
        @Field("What a call asks for: a text, NAME=VALUE for each field of a form, or a JSON object.")
        var answer: [String] = []
        @Field("Write other arguments in $VISUAL or $EDITOR.") var edit: Bool = false
        @Field("Carry the run on afterwards.") var resume: Bool = false
        @Field("The rules of the operator of this machine, which stand before those of pipelines.")
        var policy: String? = nil
        @Field("Path of the database.") var db: String? = nil
        @Field("Print JSON.") var json: Bool = false
        init() {}
    }

    static let name = "approve"
    static let summary = "Answers what a run asks; without a run, lists what is asked."
    static let operands = [
        Operand(name: "RUN", help: "The run, or the first letters of its name.", isOptional: true),
        Operand(name: "APPROVAL", help: "Which question; may be left out when there is one.", isOptional: true),
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db, policy: options.policy)
        guard let word = operands.first else { return try await list(services, json: options.json) }
        let run = try await session.run([word], services)
        let approval = try await choose(run, operands.dropFirst().first.map(ApprovalID.init), services)
        var answer = Resolution(options.reject ? .rejected : .approved, by: session.person, message: options.message)
        answer.answer = try await given(options.answer, to: approval, of: run, services)
        let shown = try options.shown.map { (text: String) throws(CommandError) in
            guard let digest = Digest(text) else {
                throw .usage("Option '--shown' must be 64 hexadecimal digits, but is '\(text)'.")
            }
            return digest
        }
        if options.resume {
            let state = try await asking { () throws(ServiceError) in try await services.runs.state(of: run) }
            try session.expectReady(state.pipeline, services)
        }
        let change = try await change(approval, run, options, services, session)
        try await asking { [answer] () throws(ServiceError) in
            try await services.approvals.approve(
                approval,
                of: run,
                with: answer,
                arguments: change,
                grant: options.forRun.map { $0.pattern.map(GrantRequest.like) ?? .same },
                shown: shown
            )
        }
        guard options.resume else {
            let next = try await holdsUp(approval, run, services) ? " Go on with: sluice resume \(run)" : ""
            Output.line("\(approval) of run \(run) is \(answer.decision.rawValue).\(next)")
            return .achieved
        }
        let conductor = RunConductor(services, session, run, json: options.json)
        conductor.view.catchUp(try await asking { () throws(ServiceError) in try await services.runs.events(of: run) })
        return try await conductor.carryOn()
    }

    /// Whether something of the run has waited for the answer; for what a program outside asks nothing does.
    private static func holdsUp(_ approval: ApprovalID, _ run: RunID, _ services: Services) async throws(CommandError)
        -> Bool
    {
        let state = try await asking { () throws(ServiceError) in try await services.runs.state(of: run) }
        return state.approvals[approval]?.approval.isFromOutside != true
    }

    /// The arguments that the call is to be made with; `nil` for those that the model wrote.
    private static func change(
        _ approval: ApprovalID,
        _ run: RunID,
        _ options: Options,
        _ services: Services,
        _ session: Session
    ) async throws(CommandError) -> JSONValue? {
        let isChange = options.arguments != nil || options.edit
        if options.reject, isChange || options.forRun != nil {
            throw .usage("Option '--reject' says no: there is nothing to change, and nothing to allow for the run.")
        }
        if options.edit, options.arguments != nil { throw .usage("Give either '--arguments' or '--edit'.") }
        if let text = options.arguments { return try EditedCall.arguments(text, "Option '--arguments'") }
        guard options.edit else { return nil }
        let editor = try TextEditor(session.environment)
        return try await EditedCall(approval, run).arguments(by: editor, services)
    }

    /// What the person says where more than yes or no is asked for; `nil` when they say nothing.
    private static func given(_ words: [String], to approval: ApprovalID, of run: RunID, _ services: Services)
        async throws(CommandError) -> JSONValue?
    {
        guard !words.isEmpty else { return nil }
        let pending = try await asking { () throws(ServiceError) in try await services.approvals.pending(of: run) }
        // What is not asked, or not so, is refused with the reason.
        guard let form = pending.first(where: { $0.id == approval })?.input?.form else { return .string(words[0]) }
        do throws(FieldProblems) { return try form.answer(typed: words) } catch {
            throw .usage(error.failure.message)
        }
    }

    private static func choose(_ run: RunID, _ named: ApprovalID?, _ services: Services) async throws(CommandError)
        -> ApprovalID
    {
        if let named { return named }
        let pending = try await asking { () throws(ServiceError) in try await services.approvals.pending(of: run) }
        guard let first = pending.first else {
            throw CommandError(status: .notAchieved, message: "Run '\(run)' asks nothing.")
        }
        guard pending.count == 1 else {
            let names = pending.map { "\($0.id): \($0.inFull)" }.joined(separator: "\n  ")
            throw .usage("Run '\(run)' asks \(pending.count) things. Say which:\n  \(names)")
        }
        return first.id
    }

    private static func list(_ services: Services, json: Bool) async throws(CommandError) -> ExitStatus {
        let waiting = try await asking { () throws(ServiceError) in try await services.approvals.waiting() }
        for summary in waiting {
            let pending = try await asking { () throws(ServiceError) in
                try await services.approvals.pending(of: summary.run)
            }
            for approval in pending { Output.line(json ? line(summary.run, approval) : words(summary.run, approval)) }
        }
        if waiting.isEmpty, !json { Output.line("No run waits for a person.") }
        return .achieved
    }

    private static func words(_ run: RunID, _ approval: Approval) -> String {
        let deadline = approval.deadline.map { "\n  until \($0), then \(approval.onDeadline.rawValue)" } ?? ""
        return "\(run) \(approval.id)  \(approval.inFull.harmless)\(deadline)"
    }

    private static func line(_ run: RunID, _ approval: Approval) -> String {
        let json = JSONValue.object(
            Event.Payload.approvalRequested(approval).body.merging(["run": .string(run.value)]) { $1 }
        )
        return json.jsonText
    }
}
