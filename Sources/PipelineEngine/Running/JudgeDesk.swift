import PipelineKit
import Synchronization

/// Asks models for the gates of a check, on the account of the run.
///
/// What an answer may cost is reserved before the model is asked, as for the model that does the work; and an answer is
/// recorded, so that a check which begins again after a crash does not pay for it twice.
final class JudgeDesk: Sendable {
    /// Why the check cannot go on here.
    private enum End {
        /// The run waits for a person, or has ended.
        case parked
        case broken(ServiceError)
    }

    private struct State {
        var end: End?
        /// How many recorded answers to a question this check has used again.
        var used: [Digest: Int] = [:]
    }

    private let run: LiveRun
    private let check: CheckName
    private let runner: EffectRunner
    private let state = Mutex(State())
    /// One question of the run at a time: that is what is reserved.
    private let line = Turnstile()

    init(_ run: LiveRun, _ check: CheckName, _ runner: EffectRunner) {
        self.run = run
        self.check = check
        self.runner = runner
    }

    /// Whether a gate was told that the check ends here, so that whatever it found does not count.
    ///
    /// - Throws: what kept the question from being recorded.
    var hasEnded: Bool {
        get throws(ServiceError) {
            switch state.withLock(\.end) {
            case nil: return false
            case .parked: return true
            case .broken(let error): throw error
            }
        }
    }

    /// What gates are given.
    var asker: JudgeAsker {
        { (question: JudgeQuestion) async throws(Failure) in try await self.ask(question) }
    }

    private func ask(_ question: JudgeQuestion) async throws(Failure) -> JudgeAnswer {
        try await line.pass { () async throws(Failure) in
            let run = await self.run.state
            let inquiry = try JudgeInquiry(question, of: run, runner.registry, runner.redactor)
            if let known = known(inquiry, run) { return JudgeAnswer(model: inquiry.model, reply: known) }
            return JudgeAnswer(model: inquiry.model, reply: try await reply(to: inquiry))
        }
    }

    /// An answer to the same question that is recorded, and that this check has not used yet.
    private func known(_ inquiry: JudgeInquiry, _ run: RunState) -> ModelReply? {
        let answers = run.judgements.answers.filter { $0.request == inquiry.digest }
        let place = state.withLock { state in
            defer { state.used[inquiry.digest, default: 0] += 1 }
            return state.used[inquiry.digest, default: 0]
        }
        return place < answers.count ? answers[place].reply.reply : nil
    }

    private func reply(to inquiry: JudgeInquiry) async throws(Failure) -> ModelReply {
        var attempt = 1
        while true {
            let number = try await begin(inquiry, attempt)
            do throws(Failure) {
                let reply = try await inquiry.ask(number, attempt, runner.transport, runner.secrets)
                try await record(.finishJudgement(inquiry.recorded(reply, as: number)))
                return reply
            } catch {
                // Cancelled means that this process ends; whoever takes the run up finds the question open.
                guard error.kind != .cancelled else { throw error }
                try await record(.failJudgement(number, attempt: attempt, runner.redactor.clean(error)))
                guard let delay = RetryPolicy().delay(after: attempt, failure: error, random: runner.random()) else {
                    throw error
                }
                await runner.clock.sleep(runner.clock.now() + delay)
                attempt += 1
            }
        }
    }

    /// - Returns: the number of the answer that is to come.
    /// - Throws: ``Failure/Kind/cancelled`` when nobody may be asked now.
    private func begin(_ inquiry: JudgeInquiry, _ attempt: Int) async throws(Failure) -> Int {
        while true {
            let number = await run.state.judgements.count + 1
            let begun = try await record(.beginJudgement(inquiry.intent(of: check, number, attempt)))
            switch begun.last {
            case .judgeRequested: return number
            case .judgeFailed: continue  // what another process asked, and did not live to hear
            default: throw stop(.parked)
            }
        }
    }

    @discardableResult
    private func record(_ command: RunCommand) async throws(Failure) -> [Event.Payload] {
        do throws(ServiceError) { return try await run.record(command) } catch { throw stop(.broken(error)) }
    }

    private func stop(_ end: End) -> Failure {
        state.withLock { $0.end = end }
        return Failure(.cancelled, "The check ends here: no model may be asked now.")
    }
}

/// A question of a gate, with all that asking it takes.
struct JudgeInquiry: Sendable {
    let model: ModelName
    /// The digest of the question.
    let digest: Digest
    private let provider: any Provider
    private let price: Price?
    private let request: ModelRequest

    /// - Throws: ``Failure/Kind/missing`` when no model can be asked.
    init(_ question: JudgeQuestion, of run: RunState, _ registry: Registry, _ redactor: Redactor) throws(Failure) {
        guard let pipeline = run.pipeline else { throw Failure(.invalidInput, "The run has no pipeline.") }
        model = try registry.judge(question.model, besides: run.model, in: pipeline)
        provider = try registry.provider(of: model, in: pipeline)
        price = registry.price(of: model, in: pipeline, asked: provider)
        request = ModelRequest(
            model: model.model,
            system: question.system,
            messages: [.user(redactor.clean(question.text))],
            tools: [],
            maximumOutput: question.maximumOutput,
            form: question.form
        )
        let json: JSONValue = [
            "model": .string("\(model)"), "system": .string(question.system), "text": .string(question.text),
            "form": question.form?.schema ?? .null, "maximum_output": .int(question.maximumOutput),
        ]
        digest = Digest(of: json.encoded(.canonical))
    }

    func intent(of check: CheckName, _ number: Int, _ attempt: Int) -> JudgeIntent {
        JudgeIntent(
            check: check,
            number: number,
            attempt: attempt,
            model: "\(model)",
            reserved: worstCase,
            request: digest
        )
    }

    /// Every byte of the question counts as a token, as no token is shorter.
    private var worstCase: Spending {
        let frames = 32  // services frame a message with a few tokens of their own
        let form = request.form?.schema.jsonText.utf8.count ?? 0
        let texts = request.system.utf8.count + form + request.messages.reduce(0) { $0 + $1.bytes }
        let usage = Usage(input: texts + frames, output: request.maximumOutput)
        return Spending(tokens: usage.total, cost: price?.most(of: usage))
    }

    func ask(
        _ number: Int,
        _ attempt: Int,
        _ transport: any HTTPTransport,
        _ secrets: @escaping SecretResolver
    ) async throws(Failure) -> ModelReply {
        let context = ProviderContext(transport: transport, secrets: secrets, turn: number, attempt: attempt)
        return try await provider.reply(to: request, in: context)
    }

    func recorded(_ reply: ModelReply, as number: Int) -> JudgeReply {
        let cost = price?.cost(of: reply.usage)
        return JudgeReply(number: number, text: reply.text, usage: reply.usage, cost: cost, stop: reply.stop)
    }
}

extension Registry {
    /// Who judges the work of a model: another one of the same vendor, as near to it in price as there is, since nobody
    /// marks their own work well, and no other key is known to be there.
    ///
    /// - Parameter named: Whom the gate's settings name; nobody else is looked for then.
    /// - Throws: ``Failure/Kind/missing`` when the vendor's list names no other.
    func judge(
        _ named: ModelName? = nil,
        besides author: ModelName?,
        in pipeline: Pipeline
    ) throws(Failure) -> ModelName {
        if let named { return named }
        let authors = Set((pipeline.model?.names ?? []) + [author].compactMap(\.self))
        guard let author = author ?? pipeline.model?.first else {
            throw Failure(.missing, "The goal is judged by a model. Name it: 'with: { model: provider/name }'.")
        }
        let vendor = pipeline.profile(of: author).provider
        let names = Set(authors.map { pipeline.vendorsName(of: $0).model })
        let others = listedModels(vendor).filter { !names.contains($0) }.sorted()
        let own = listPrice(pipeline.vendorsName(of: author))?.rates.output
        func distance(_ name: String) -> Money {
            var other = author
            (other.provider, other.model) = (vendor, name)
            guard let own, let price = listPrice(other)?.rates.output else { return .zero }
            return price > own ? price - own : own - price
        }
        guard let nearest = others.min(by: { distance($0) < distance($1) }) else {
            throw Failure(
                .missing,
                "The goal is judged by a model, which should not be '\(author)' itself, and no other one is known. "
                    + "Name it: 'with: { model: provider/name }'."
            )
        }
        var judge = author
        judge.model = nearest
        return judge
    }
}
