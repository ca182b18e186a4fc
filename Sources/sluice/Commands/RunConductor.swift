import FoundationEssentials
import PipelineEngine
import PipelineKit

/// Carries a run on in front of a person, or of nobody: shows it, asks what it asks, ends with its status.
struct RunConductor: Sendable {
    let services: Services
    let session: Session
    let run: RunID
    let view: RunView
    let json: Bool

    init(_ services: Services, _ session: Session, _ run: RunID, json: Bool) {
        self.services = services
        self.session = session
        self.run = run
        self.json = json
        session.endLeftovers()
        let view = RunView(.fitting(json: json), of: run, now: session.clock.now)
        services.feed.observe { view.show($0) }
        self.view = view
    }

    func carryOn() async throws(CommandError) -> ExitStatus {
        let interrupts = Interrupts { cancel() }
        defer { withExtendedLifetime(interrupts) {} }
        while true {
            let result = await ticking { () async throws(ServiceError) in try await services.runs.carryOn(run) }
            let state = try await asking { () throws(ServiceError) in try result.get() }
            guard state.status == .waiting, !json, Output.canAsk, try await ask(state, interrupts) else {
                return await end(state)
            }
        }
    }

    /// Carries the run on if it is due; shows what happens, and asks nothing.
    ///
    /// - Returns: `nil` when somebody was faster.
    func wake() async throws(ServiceError) -> RunState? {
        let interrupts = Interrupts { cancel() }
        defer { withExtendedLifetime(interrupts) {} }
        view.catchUp(try await services.runs.events(of: run))
        if !json { Output.line(Style.bold("run \(run) is due")) }
        if let pipeline = try await services.runs.state(of: run).pipeline { try? services.readiness.check(pipeline) }
        let state = try await ticking { () async throws(ServiceError) in try await services.wakeUps.wake(run) }.get()
        if let state { _ = await end(state) }
        return state
    }

    /// Does the work with the moving line redrawn beside it.
    private func ticking<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(ServiceError) -> Value
    ) async -> Result<Value, ServiceError> {
        let result = await withTaskGroup(of: Result<Value, ServiceError>?.self) { group in
            group.addTask {
                do throws(ServiceError) { return .success(try await work()) } catch { return .failure(error) }
            }
            group.addTask {
                while !Task.isCancelled {
                    view.tick()
                    try? await Task.sleep(for: .milliseconds(200))
                }
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = await group.next() {
                if let outcome { return outcome }
            }
            return .failure(.broken("The run ended without a result."))
        }
        view.rest()
        return result
    }

    /// Ctrl-C ends the run; what is under way is stopped.
    private func cancel() {
        Task { try? await cancelRun() }
    }

    private func cancelRun() async throws(ServiceError) {
        let reason = "Interrupted at the terminal by \(session.person)."
        try await services.runs.cancel(run, by: session.person, reason: reason)
    }

    // MARK: - Questions

    /// How a question at the terminal came to its end.
    private enum Reply: Sendable {
        case answered(Question.Answer)
        case later
        case interrupted
        /// Somebody else answered, or ended the run.
        case settled
    }

    /// Asks the person; `false` when they would rather answer later.
    private func ask(_ state: RunState, _ interrupts: Interrupts) async throws(CommandError) -> Bool {
        guard let pending = state.pendingApprovals.first?.approval else { return false }
        let reply = await reply(to: pending, interrupts)
        if case .later = reply { return false }
        do throws(ServiceError) {
            switch reply {
            case .answered(let answer):
                try await services.approvals.approve(
                    pending.id,
                    of: run,
                    with: answer.resolution,
                    arguments: answer.arguments,
                    grant: answer.grant,
                    shown: pending.shown
                )
            case .interrupted:
                Output.line("")
                try await cancelRun()
            case .settled: Output.line("")
            case .later: break
            }
        } catch {
            // Somebody else may have answered meanwhile; their answer stands and the run goes on with it. What is wrong
            // with an answer is told, and the question asked again.
            switch error {
            case .refused, .invalid: break
            default: throw CommandError(error)
            }
            if case .answered = reply { Output.line("\(error)") }
        }
        try await showWhatOthersDid()
        return true
    }

    /// The first of: an answer, Ctrl-C, an answer from elsewhere.
    private func reply(to approval: Approval, _ interrupts: Interrupts) async -> Reply {
        let question = Question(approval, by: session.person) { () async throws(CommandError) in
            let editor = try TextEditor(session.environment)
            return try await EditedCall(approval.id, run).arguments(by: editor, services)
        }
        return await withTaskGroup(of: Reply?.self) { group in
            group.addTask { await question.ask().map(Reply.answered) ?? .later }
            group.addTask { await interruption(interrupts) }
            group.addTask { await settlement(of: approval.id) }
            defer { group.cancelAll() }
            while let first = await group.next() {
                if let first { return first }
            }
            return .later
        }
    }

    private func interruption(_ interrupts: Interrupts) async -> Reply? {
        while !interrupts.happened {
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return nil }
        }
        return .interrupted
    }

    /// Looks every second whether the question is still open, as the engine does for a run that goes on.
    private func settlement(of approval: ApprovalID) async -> Reply? {
        while true {
            do { try await Task.sleep(for: .seconds(1)) } catch { return nil }
            guard let open = try? await services.approvals.pending(of: run) else { continue }
            if !open.contains(where: { $0.id == approval }) { return .settled }
        }
    }

    /// Shows events that another process has recorded; those that were shown before are not shown again.
    private func showWhatOthersDid() async throws(CommandError) {
        let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: run) }
        for event in events { view.show(.event(run, event)) }
    }

    // MARK: - The end

    private func end(_ state: RunState) async -> ExitStatus {
        if !json {
            if state.status == .waiting { waiting(state) } else { await changes() }
        }
        return ExitStatus(state.status)
    }

    private func waiting(_ state: RunState) {
        // For what a program outside asks the run does not wait.
        guard let approval = state.pendingApprovals.lazy.map(\.approval).first(where: { !$0.isFromOutside }) else {
            return
        }
        Output.line("")
        Output.line("waiting for a person. Answer with one of")
        let answer = approval.input.map { Self.answer($0.form) } ?? ""
        Output.line("  sluice approve \(run) \(approval.id)\(answer) --resume")
        Output.line("  sluice approve \(run) \(approval.id) --reject --message 'why' --resume")
    }

    /// How the answer to a question is given as options: ` --answer city=...`.
    private static func answer(_ form: InputForm) -> String {
        if form.single != nil { return " --answer '...'" }
        return form.fields.map { " --answer \($0.name.harmless)=..." }.joined()
    }

    private func changes() async {
        guard let changes = try? await services.runs.changes(of: run, upTo: nil), !changes.isEmpty else { return }
        Output.line("")
        for change in changes.prefix(20) {
            Output.line("  \(change.kind.rawValue.padded(to: 8))  \(change.path.harmless)")
        }
        if changes.count > 20 { Output.line("  and \(changes.count - 20) more") }
        Output.line("  sluice diff \(run)")
    }
}
