import ContractKit
import PipelineEngine
import PipelineKit
import RPCKit

/// A conversation in an editor: each prompt is a run of its own, in the same directory.
///
/// The session is named after its first run, the ones after it are that name with a number: so the record of the runs is
/// the record of the session, and another process can take it up.
actor ACPSession {
    nonisolated let id: String
    private let services: Services
    private let settings: ACPSettings
    private let line: ACPLine
    private let directory: String
    /// The runs so far, and what was asked for with each.
    private var runs: [(run: RunID, prompt: String)] = []
    private var turn: Task<Result<String, RPCError>, Never>?
    private var news: (run: RunID, signal: AsyncStream<PromptTurn.News>.Continuation)?
    /// Whether the turn was cancelled before it had a run.
    private var isCancelled = false

    init(_ id: String, in directory: String, _ services: Services, _ settings: ACPSettings, _ line: ACPLine) {
        (self.id, self.directory, self.services, self.settings, self.line) = (id, directory, services, settings, line)
    }

    // MARK: - Prompts

    /// Works on what a person wants, and returns when that has come to its end.
    ///
    /// While a run is under way or waits, the words are a message to it.
    ///
    /// - Returns: `StopReason`.
    func prompt(_ text: String) async throws(RPCError) -> String {
        if let turn, let run = runs.last?.run {
            try await say(text, to: run)
            return try await turn.value.get()
        }
        isCancelled = false
        let task = Task { () async -> Result<String, RPCError> in
            do throws(RPCError) { return .success(try await self.work(text)) } catch { return .failure(error) }
        }
        turn = task
        defer { turn = nil }
        return try await task.value.get()
    }

    /// Ends what is under way; its turn then ends as cancelled.
    func cancel() async {
        isCancelled = true
        guard turn != nil, let run = news?.run else { return }
        try? await services.runs.cancel(run, by: person, reason: "Cancelled in the editor.")
    }

    /// Has the turn end that waits for this run.
    func leaveAlone(_ run: RunID, _ reason: String) {
        if news?.run == run { news?.signal.yield(.leftAlone(reason)) }
    }

    private var person: String { "\(settings.person) in ACP client '\(line.client)'" }

    private func work(_ text: String) async throws(RPCError) -> String {
        let open = try await openRun()
        let run = open?.run ?? nextName
        let (news, signal) = AsyncStream.makeStream(of: PromptTurn.News.self)
        self.news = (run, signal)
        let leave = listen(to: run, signal)
        defer {
            leave()
            self.news = nil
        }
        if let open { try await go(on: text, open.run, open.state) } else { try await start(run, text) }
        if isCancelled { try? await services.runs.cancel(run, by: person, reason: "Cancelled in the editor.") }
        services.runs.submit(run)
        let turn = PromptTurn(
            services: services,
            line: line,
            session: id,
            run: run,
            person: settings.person,
            known: open?.state ?? RunState()
        )
        return try await turn.follow(news, signal)
    }

    /// Has the turn hear all of this process at once, pieces of replies among it, and what others record as it is found;
    /// an event that comes twice is taken once.
    ///
    /// - Returns: What ends it.
    private func listen(to run: RunID, _ signal: AsyncStream<PromptTurn.News>.Continuation) -> @Sendable () -> Void {
        let number = services.feed.observe { item in
            switch item {
            case .event(run, _), .piece(run, _): signal.yield(.item(item))
            case .event, .piece: break
            }
        }
        let leave = services.feed.follow(run) { item in
            if case .event = item { signal.yield(.item(item)) }
        }
        return { [feed = services.feed] in
            feed.remove(number)
            leave()
        }
    }

    /// The last run, when it has not ended.
    private func openRun() async throws(RPCError) -> (run: RunID, state: RunState)? {
        guard let run = runs.last?.run else { return nil }
        let state = try await answering { () async throws(ServiceError) in try await services.runs.state(of: run) }
        return state.isFinished ? nil : (run, state)
    }

    private var nextName: RunID { Self.name(of: runs.count + 1, in: id) }

    private static func name(of number: Int, in session: String) -> RunID {
        RunID(number == 1 ? session : "\(session)-\(number)")
    }

    private func say(_ text: String, to run: RunID) async throws(RPCError) {
        let person = person
        try await answering { () async throws(ServiceError) in
            try await services.runs.addMessage(text, to: run, by: person)
        }
    }

    /// Takes the words for the answer where a call of the model asks for words, and for a message anywhere else.
    private func go(on text: String, _ run: RunID, _ state: RunState) async throws(RPCError) {
        guard let asked = state.heldUpBy, asked.takesWords else {
            return try await say(text, to: run)
        }
        let answer = Resolution(.approved, by: person, answer: .string(text))
        try await answering { () async throws(ServiceError) in
            try await services.approvals.resolve(asked.id, of: run, with: answer, shown: asked.shown)
        }
    }

    private func start(_ run: RunID, _ text: String) async throws(RPCError) {
        var pipeline: Pipeline
        do throws(Failure) { pipeline = try settings.pipeline(directory, text) } catch {
            throw RPCError(RPCError.internalError, error.message)
        }
        let earlier = try await earlierWords()
        if !earlier.isEmpty { pipeline.tell(earlier) }
        let order = RunOrder(
            run: run,
            pipeline: pipeline,
            inputs: [Self.input: .string(text)],
            project: directory,
            origin: ACPSettings.origin
        )
        _ = try await answering { () async throws(ServiceError) in try await services.runs.start(order) }
        runs.append((run, text))
    }

    /// What the record of a run keeps the prompt under.
    private static let input = "prompt"

    // MARK: - What was before

    /// What was said in the session so far, for the model of the next run.
    private func earlierWords() async throws(RPCError) -> String {
        var parts: [String] = []
        for (run, prompt) in runs.suffix(Self.mostEarlier) {
            let state = try await answering { () async throws(ServiceError) in try await services.runs.state(of: run) }
            parts.append("They asked:\n\(Self.short(prompt))\n\nThe answer was:\n\(Self.short(state.lastReply))")
        }
        guard !parts.isEmpty else { return "" }
        return "What was said before in this conversation, the oldest first:\n\n" + parts.joined(separator: "\n\n")
    }

    private static func short(_ text: String) -> String { text.count > 4_000 ? text.prefix(4_000) + "…" : text }
    private static let mostEarlier = 5

    /// Finds the runs of the session, and tells the editor all that happened in them.
    ///
    /// - Throws: when there is no such session in this directory.
    func replay() async throws(RPCError) {
        runs = []
        while true {
            let run = nextName
            let row = try await answering { () async throws(ServiceError) in try await services.runs.summary(of: run) }
            guard let row, row.origin == ACPSettings.origin, row.project == directory else { break }
            let events = try await answering { () async throws(ServiceError) in try await services.runs.events(of: run)
            }
            runs.append((run, tell(events, of: run)))
        }
        guard !runs.isEmpty else {
            throw RPCError(RPCError.invalidParams, "There is no session '\(id.prefix(80))' in '\(directory)'.")
        }
    }

    /// - Returns: the prompt.
    private func tell(_ events: [Event], of run: RunID) -> String {
        var (updates, prompt) = (Updates(of: run, live: false), "")
        for event in events {
            if case .runStarted(let start) = event.payload {
                prompt = start.inputs[Self.input]?.text ?? ""
                line.tell(Updates.chunk("user_message_chunk", prompt), of: id)
            }
            for update in updates.take(event.payload) { line.tell(update, of: id) }
        }
        return prompt
    }
}

/// Asks a service on behalf of an editor.
func answering<Value: Sendable>(
    _ ask: () async throws(ServiceError) -> Value
) async throws(RPCError) -> Value {
    do throws(ServiceError) { return try await ask() } catch {
        throw RPCError(RPCError.internalError, "\(error)")
    }
}
