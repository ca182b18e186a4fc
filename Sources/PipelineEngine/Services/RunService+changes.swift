public import PipelineKit

/// What to set otherwise in a run; `nil` for what stays.
public struct RunChange: Sendable, Hashable {
    /// The model from the next turn on.
    public var model: ModelName?
    /// When a person is asked, from the next check, call or plan on.
    public var gate: HumanPolicy.Moment?
    /// All limits from now on.
    public var limits: Limits?

    public init(model: ModelName? = nil, gate: HumanPolicy.Moment? = nil, limits: Limits? = nil) {
        self.model = model
        self.gate = gate
        self.limits = limits
    }
}

extension RunService {
    /// Changes a run, whether it is under way, waits or has ended; a process that works on it notices within
    /// ``RunKeeper/glance``.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` when the model cannot be asked here, or its price is not known and the run
    ///   has a limit of cost; nothing is changed then.
    public func change(_ run: RunID, _ change: RunChange, by person: String) async throws(ServiceError) {
        let state = try await keeper.state(of: run)
        if var pipeline = state.pipeline, change.model != nil || change.limits?.cost != nil {
            pipeline.model = change.model.map { ModelChain($0) } ?? pipeline.model
            pipeline.limits = change.limits ?? state.limits
            do throws(Failure) {
                try Readiness(parts.registry, secrets: parts.secrets).check(pipeline)
            } catch {
                throw .invalid(error.message)
            }
        }
        let settings = SettingsChange(model: change.model, gate: change.gate, by: person)
        try await keeper.send(.changeSettings(settings), to: run)
        if let limits = change.limits, limits != state.limits {
            try await keeper.send(.changeLimits(limits, by: person), to: run)
        }
        dispatcher.submit(run)  // what kept it from being carried on may be mended by this
    }

    /// Says something to the model, which reads it before its next turn.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` for a text without words, ``ServiceError/refused(_:)`` when the run has
    ///   ended.
    public func addMessage(_ text: String, to run: RunID, by person: String) async throws(ServiceError) {
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw .invalid("The message is empty. Say what the model should know.")
        }
        try await keeper.send(.addMessage(text, by: person), to: run)
    }
}
