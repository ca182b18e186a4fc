import PipelineKit

/// From a run's state to what the model is asked; pure functions.
///
/// Nothing here takes longer the longer the conversation is.
enum ModelTurn {
    /// The next request of a run.
    static func request(_ state: RunState, _ briefing: Briefing) -> ModelRequest {
        ModelRequest(
            model: briefing.model.model,
            system: briefing.system,
            messages: state.messages,
            tools: briefing.tools,
            maximumOutput: state.limits.reply.tokens
        )
    }

    /// What a call may use at most: every byte of the request counts as a token, as no token is shorter.
    static func worstCase(_ state: RunState, _ briefing: Briefing) -> Spending {
        // Services frame each message and tool with a few tokens of their own.
        let frames = 16 * (state.conversation.messages.count + briefing.tools.count + 1)
        let input = briefing.bytes + state.conversation.bytes + frames + briefing.tokens(ofImages: state)
        let usage = Usage(input: input, output: state.limits.reply.tokens)
        return Spending(tokens: usage.total, cost: briefing.price?.most(of: usage))
    }

    /// The digest of a request, to tell whether two are the same.
    ///
    /// SHA-256 over the canonical JSON (RFC 8785) of the digest of the front, that of the conversation, and the longest
    /// reply.
    static func digest(_ state: RunState, _ briefing: Briefing) -> Digest {
        let parts: JSONValue = [
            "conversation": .string("\(state.conversation.digest)"), "front": .string("\(briefing.digest)"),
            "maximum_output": .int(state.limits.reply.tokens),
        ]
        return Digest(of: parts.encoded(.canonical))
    }
}

extension Registry {
    /// - Throws: ``Failure/Kind/missing`` for a tool that is not there, with the nearest that is.
    func tool(_ id: ModuleID) throws(Failure) -> ToolFactory {
        guard let tool = tools[id] else {
            let near = Suggestion.sentence(for: id.value, among: tools.keys.map(\.value))
            throw Failure(.missing, "There is no tool '\(id)'.\(near)")
        }
        return tool
    }

    /// - Throws: ``Failure`` for a provider that is not there, or that refuses its settings.
    func provider(of model: ModelName, in pipeline: Pipeline) throws(Failure) -> any Provider {
        try provider(of: model, settings: pipeline.providers[model.provider.value] ?? [:])
    }

    /// What a model costs: by the settings of its provider, else by the vendor's list; `nil` when nobody knows.
    func price(of model: ModelName, asked provider: any Provider) -> Price? {
        provider.price(of: model.model) ?? (provider.isAtListPrice ? listPrice(model) : nil)
    }

    func provider(of model: ModelName, settings: JSONValue) throws(Failure) -> any Provider {
        guard let factory = providers[model.provider] else {
            let names = providers.keys.map(\.value).sorted()
            let near = Suggestion.sentence(for: model.provider.value, among: names)
            let all = names.joined(separator: ", ")
            throw Failure(.missing, "There is no model provider '\(model.provider)'.\(near) There are: \(all).")
        }
        do throws(FieldProblems) {
            return try factory.make(settings)
        } catch {
            throw error.failure
        }
    }
}
