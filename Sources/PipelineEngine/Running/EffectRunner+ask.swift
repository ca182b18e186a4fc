import PipelineKit

extension EffectRunner {
    func ask(_ turn: Int, _ attempt: Int, of run: LiveRun) async throws(ServiceError) {
        guard let question = try await begin(turn, attempt, of: run) else { return }
        fault("model.requested")
        try await dropQuestions(of: question.briefing.provider, in: run)  // of one that another process had started
        var reply: ModelReply
        do throws(Failure) {
            reply = try await self.reply(to: question, turn, attempt, of: run)
        } catch {
            return try await fail(question, turn, attempt, error, run)
        }
        fault("model.replied")
        try await dropQuestions(of: question.briefing.provider, in: run)
        let cost = question.briefing.price?.cost(of: reply.usage)
        let assessor = CallAssessor(run.modules, question.state, policy)
        let calls = assessor?.assess(reply.calls, of: turn) ?? []
        reply.calls = []  // from here on they are the assessed ones
        try await run.record(.finishTurn(turn, reply, cost: cost, calls: calls), andNext: true)
    }

    /// Records that the model is asked, unless that was recorded together with what came before.
    ///
    /// - Returns: `nil` when it is not to be asked: a limit, or an attempt that nobody knows the end of.
    private func begin(_ turn: Int, _ attempt: Int, of run: LiveRun) async throws(ServiceError) -> Question? {
        if let question = await run.takeBegunTurn(turn, attempt) { return question }
        let question: Question
        let room = try await run.room()
        do throws(Failure) {
            question = try await run.question(turn, attempt, within: room)
        } catch {
            try await giveUp(error, run)
            return nil
        }
        let begun = try await run.record(.beginTurn(question.intent))
        return begun.contains(where: \.isModelRequest) ? question : nil
    }

    private func reply(
        to question: Question,
        _ turn: Int,
        _ attempt: Int,
        of run: LiveRun
    ) async throws(Failure) -> ModelReply {
        let secrets = try await secrets(for: question, of: run.id)
        var context = ProviderContext(transport: transport, secrets: secrets, turn: turn, attempt: attempt)
        context.emit = { [emit, id = run.id] in emit(id, .model(turn: turn, $0)) }
        if let workspace = question.state.workspace {
            context.workspace = { () async throws(Failure) in try await self.confined(workspace, of: run) }
        }
        let provider = question.briefing.provider
        guard provider.printsItsWork else {
            return try await provider.reply(to: requestWithImages(question), in: context)
        }
        let printed = PrintedOutput(redactor)
        context.printed = { printed.add($0, isError: $1) }
        var reply = try await printed.recorded(in: run, clock) { [context] () async throws(Failure) in
            try await provider.reply(to: self.requestWithImages(question), in: context)
        }
        reply.text = redactor.clean(reply.text)  // it was given secrets, and may print what it likes
        return reply
    }

    /// What a program asks that works by itself is asked for as long as it runs.
    private func dropQuestions(of provider: any Provider, in run: LiveRun) async throws(ServiceError) {
        if provider.printsItsWork { try await run.record(.dropQuestions) }
    }

    /// What is looked up for a provider; the token of the run too, where its settings name that.
    private func secrets(for question: Question, of run: RunID) async throws(Failure) -> SecretResolver {
        let providers = question.state.pipeline?.providers ?? [:]
        guard providers.values.contains(where: \.namesRunToken) else { return secrets }
        let token: String
        do throws(ServiceError) { token = try await tokens.token(for: run) } catch {
            throw Failure(.unavailable, "The token of the run cannot be had. \(error)")
        }
        return redactor.noting { [secrets] in $0 == .runToken ? token : secrets($0) }
    }

    private func fail(_ question: Question, _ turn: Int, _ attempt: Int, _ failure: Failure, _ run: LiveRun)
        async throws(ServiceError)
    {
        // Cancelled means that this process ends; whoever takes the run up finds the question open.
        guard failure.kind != .cancelled else { return }
        let state = question.state
        try await dropQuestions(of: question.briefing.provider, in: run)
        let policy = state.standIn == nil ? RetryPolicy() : .beforeFallback
        let delay = policy.delay(after: state.failuresOfModel + 1, failure: failure, random: random())
        let retryAt = delay.map { clock.now() + $0 }
        try await run.record(.failTurn(turn, attempt: attempt, redactor.clean(failure), retryAt: retryAt))
    }
}

extension Event.Payload {
    var isModelRequest: Bool {
        if case .modelRequested = self { true } else { false }
    }
}

extension JSONValue {
    /// Whether it is, or holds, a reference to the token of a run.
    fileprivate var namesRunToken: Bool {
        switch self {
        case .string(let text): text == "\(Secret.runToken)"
        case .array(let elements): elements.contains(where: \.namesRunToken)
        case .object(let members): members.values.contains(where: \.namesRunToken)
        case .null, .bool, .int, .double: false
        }
    }
}
