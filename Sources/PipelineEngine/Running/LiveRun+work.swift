import PipelineKit

// What the work that is to be done next needs of the run.
extension LiveRun {
    /// What stands at the front of the next request.
    ///
    /// - Throws: ``Failure`` when a module that the pipeline names is not there.
    private func briefing(for state: RunState) throws(Failure) -> Briefing {
        if let briefing, briefing.holds(for: state) { return briefing }
        let made = try Briefing(state, modules.registry)
        briefing = made
        return made
    }

    /// What the model is to be asked in this turn.
    ///
    /// - Parameter room: Money that it may cost besides the run's own limits; `nil` for any.
    /// - Throws: ``Failure`` when a module that the pipeline names is not there.
    func question(_ turn: Int, _ attempt: Int, within room: Money?) throws(Failure) -> Question {
        let briefing = try briefing(for: state)
        return Question(turn, attempt, &state, briefing, within: room)
    }

    /// Money that the accounts of the run have left; `nil` when none of them has a limit.
    func room() async throws(ServiceError) -> Money? {
        try await budget.room(for: state, at: clock.now(), in: store)
    }

    /// The question of this turn, when it is recorded already that it is asked.
    func takeBegunTurn(_ turn: Int, _ attempt: Int) -> Question? {
        guard case .turn(let question) = begun, state.intent == question.intent,
            (question.intent.turn, question.intent.attempt) == (turn, attempt)
        else { return nil }
        begun = nil
        return question
    }

    /// A call that is to be carried out; `nil` when there is none of this name.
    @inline(never)
    func takeCall(_ id: CallID) -> CallInHand? {
        guard let call = state.calls[id], let workspace = state.workspace else { return nil }
        var isBegun = false
        if case .call(id) = begun, call.stage == .started {
            begun = nil
            isBegun = true
        }
        let tool = Result { () throws(Failure) in try self.tool(of: call.proposed.call.tool) }
        return CallInHand(
            call: call,
            workspace: workspace,
            tool: tool,
            shown: CallSubject.shown(call, state),
            isBegun: isBegun,
            hooks: state.pipeline?.hooks
        )
    }

    /// A tool as the pipeline configures it.
    ///
    /// - Throws: ``Failure`` for a tool that is not there, or that refuses its settings.
    private func tool(of name: String) throws(Failure) -> ConfiguredTool {
        let factory = try modules.registry.tool(ModuleID(name))
        if let made = modules.made(factory) { return made }  // a pipeline is large, and is not read for it
        return try modules.tool(factory, state.pipeline?.tools ?? ToolPolicy())
    }

    /// Keeps what confines commands, as it is the same for all of them.
    func put(up walls: Confinement) { self.walls = walls }

    func takeWalls() -> Confinement? {
        defer { walls = nil }
        return walls
    }

    /// The step that follows at once, if it may be recorded together with these events.
    func sequel(to draft: inout Draft) -> Sequel? {
        guard isCarriedOut, !Task.isCancelled, !isWindingDown else { return nil }
        let workspace = draft.state.workspace
        return Sequel(
            after: &draft.state,
            at: draft.at,
            policy: { policy?.current(for: workspace).version },
            briefing: { state throws(Failure) in try briefing(for: state) }
        )
    }
}
