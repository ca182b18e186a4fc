import PipelineKit

/// From a run's state to what the model is asked; pure functions.
///
/// Nothing here takes longer the longer the conversation is.
enum ModelTurn {
    /// The least that a reply is cut down to, so that it can still say something.
    static let leastReply = 2_000

    /// The next request of a run.
    ///
    /// - Parameter reply: Tokens of the reply, at most.
    static func request(_ state: RunState, _ briefing: Briefing, for purpose: ModelIntent.Purpose, reply: Int)
        -> ModelRequest
    {
        var messages = state.messages
        if purpose == .summary { messages.append(.user(Compaction.request)) }
        return ModelRequest(
            model: briefing.model.model,
            system: briefing.system,
            messages: messages,
            tools: briefing.tools,
            maximumOutput: reply
        )
    }

    /// What a call may use at most: every byte of the request counts as a token, as no token is shorter.
    static func worstCase(_ state: RunState, _ briefing: Briefing, reply: Int) -> Spending {
        // Services frame each message and tool with a few tokens of their own.
        let frames = 16 * (state.conversation.messages.count + briefing.tools.count + 2)
        let texts = briefing.bytes + state.conversation.bytes + Compaction.request.utf8.count
        let usage = Usage(input: texts + frames + briefing.tokens(ofImages: state.conversation.images), output: reply)
        return Spending(tokens: usage.total, cost: briefing.price?.most(of: usage))
    }

    /// The longest reply that the run's limits have room for, in tokens: what the pipeline says, or less where tokens or
    /// money run out. Where not even ``leastReply`` has room it is what the pipeline says, for a person to decide upon.
    ///
    /// - Parameter room: Money that other limits leave.
    static func longestReply(
        _ state: RunState,
        _ briefing: Briefing,
        for purpose: ModelIntent.Purpose,
        within room: Money? = nil
    ) -> Int {
        let wanted = state.limits.reply.tokens
        let full = purpose == .reply ? wanted : min(wanted, Compaction.reply)
        func hasRoom(_ reply: Int) -> Bool {
            let worst = worstCase(state, briefing, reply: reply)
            let fits = room.map { worst.cost ?? .zero <= $0 } ?? true
            return fits && state.facts.hasTokens(for: worst) && state.facts.hasMoney(for: worst)
        }
        guard !hasRoom(full), full > leastReply, hasRoom(leastReply) else { return full }
        var (low, high) = (leastReply, full)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if hasRoom(middle) { low = middle } else { high = middle }
        }
        return low
    }

    /// The digest of a request, to tell whether two are the same.
    ///
    /// SHA-256 over the canonical JSON (RFC 8785) of the digest of the front, that of the conversation, the longest reply,
    /// and what is asked for where that is no reply.
    static func digest(_ state: RunState, _ briefing: Briefing, for purpose: ModelIntent.Purpose, reply: Int) -> Digest
    {
        var parts: [String: JSONValue] = [
            "conversation": .string("\(state.conversation.digest)"), "front": .string("\(briefing.digest)"),
            "maximum_output": .int(reply),
        ]
        if purpose != .reply { parts["purpose"] = .string(purpose.rawValue) }
        return Digest(of: JSONValue.object(parts).encoded(.canonical))
    }
}

extension Registry {
    /// - Throws: ``Failure/Kind/missing`` for a tool that is not there, with the nearest that is.
    func tool(_ id: ModuleID) throws(Failure) -> ToolFactory {
        guard let tool = found(id) else {
            let near = Suggestion.sentence(for: id.value, among: tools.keys.map(\.value))
            throw Failure(.missing, "There is no tool '\(id)'.\(near)")
        }
        return tool
    }

    /// - Throws: ``Failure`` for a provider that is not there, or that refuses its settings.
    func provider(of model: ModelName, in pipeline: Pipeline) throws(Failure) -> any Provider {
        let profile = pipeline.profile(of: model)
        return try provider(profile.provider, settings: profile.settings, among: pipeline.providers.keys.sorted())
    }

    /// What a model costs: by the settings of its provider, else by the vendor's list; `nil` when nobody knows.
    func price(of model: ModelName, in pipeline: Pipeline, asked provider: any Provider) -> Price? {
        provider.price(of: model.model) ?? (provider.isAtListPrice ? listPrice(pipeline.vendorsName(of: model)) : nil)
    }

    /// - Parameter profiles: Other names by which a pipeline knows providers.
    func provider(_ id: ModuleID, settings: JSONValue, among profiles: [String] = []) throws(Failure) -> any Provider {
        guard let factory = providers[id] else {
            let names = Set(providers.keys.map(\.value)).union(profiles).subtracting([id.value]).sorted()
            let near = Suggestion.sentence(for: id.value, among: names)
            let all = names.joined(separator: ", ")
            throw Failure(.missing, "There is no model provider '\(id)'.\(near) There are: \(all).")
        }
        do throws(FieldProblems) {
            return try factory.make(settings)
        } catch {
            throw error.failure
        }
    }
}
