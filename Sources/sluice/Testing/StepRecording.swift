import PipelineEngine
import PipelineKit

/// What the models of a run and of its steps said, as a test gives it.
struct StepRecording {
    private let runs: RunService

    init(_ runs: RunService) { self.runs = runs }

    /// What one run that does a step is given.
    private struct Part {
        var attempt: StepAttempt
        /// `model`, or `steps` where it has steps itself.
        var members: [String: JSONValue]
    }

    /// `model`, and for a pipeline with steps `steps`.
    ///
    /// - Throws: why it could not be played.
    func members(of run: RunID) async throws(CommandError) -> [String: JSONValue] {
        var members = try await said(in: run)
        guard let steps = members["steps"], try await state(of: run).limits.cost != nil, let price = Self.price(steps)
        else { return members }
        // Steps that were never begun have models, too, and their price has to be known where cost is limited.
        members["model"] = ["price": price, "replies": []]
        return members
    }

    private func said(in run: RunID) async throws(CommandError) -> [String: JSONValue] {
        let state = try await state(of: run)
        try await refuseAgents(of: run)
        guard state.steps != nil else {
            let runs = runs
            let script = try await asking { () throws(ServiceError) in try await runs.recording(of: run) }.json
            return ["model": script.members.keys.sorted() == ["replies"] ? script["replies"] ?? [] : script]
        }
        try refuseRaces(run, state)
        var parts: [String: [Part]] = [:]
        for attempt in try await attempts(of: run) {
            let part = Part(attempt: attempt, members: try await said(in: attempt.run))
            parts[attempt.place.step, default: []].append(part)
        }
        return parts.isEmpty ? ["model": []] : ["steps": .object(parts.mapValues(Self.entry))]
    }

    private func state(of run: RunID) async throws(CommandError) -> RunState {
        try await asking { [runs] () throws(ServiceError) in try await runs.state(of: run) }
    }

    private func attempts(of run: RunID) async throws(CommandError) -> [StepAttempt] {
        try await asking { [runs] () throws(ServiceError) in try await runs.stepAttempts(of: run) }
    }

    // MARK: - Which run says what

    /// By what runs of a step may be told apart; what comes first says less.
    private static let ways: [[String]] = [
        [], ["element"], ["attempt"], ["pass"], ["element", "attempt"], ["pass", "element"], ["pass", "attempt"],
        ["pass", "element", "attempt"],
    ]

    /// One script where all runs of the step said the same; else each with as much of its place as tells it apart.
    private static func entry(_ parts: [Part]) -> JSONValue {
        let told = ways.lazy.compactMap { entries(parts, by: $0) }.first ?? []
        if told.count == 1, told[0].members.keys.sorted() == ["model"], let model = told[0]["model"] { return model }
        return ["runs": .array(told)]
    }

    /// - Returns: `nil` when runs are alike by this that did not say the same.
    private static func entries(_ parts: [Part], by keys: [String]) -> [JSONValue]? {
        var (selections, said) = ([[String: JSONValue]](), [[String: JSONValue]: [String: JSONValue]]())
        for part in parts {
            let selection = part.attempt.selection.filter { keys.contains($0.key) }
            if let other = said[selection] {
                guard other == part.members else { return nil }
            } else {
                said[selection] = part.members
                selections.append(selection)
            }
        }
        return selections.map { .object($0.merging(said[$0] ?? [:]) { $1 }) }
    }

    /// The first price that a script has.
    private static func price(_ json: JSONValue) -> JSONValue? {
        guard json["replies"] == nil else { return json["price"] }
        let inner = json.elements + json.members.sorted { $0.key < $1.key }.map(\.value)
        return inner.lazy.compactMap { price($0) }.first
    }

    // MARK: - What cannot be played

    private func refuseRaces(_ run: RunID, _ state: RunState) throws(CommandError) {
        guard let step = state.steps?.graph.steps.first(where: { $0.race != nil }) else { return }
        let place = state.pipeline?.race == nil ? " in its step '\(step.id)'" : ""
        throw .usage(
            """
            Run '\(run)' has models race\(place): who wins may be another one each time, so it cannot be recorded as a \
            test. Record the run of a model that worked by itself.
            """
        )
    }

    /// A test plays no model of an agent, unless the pipeline itself names a script for it.
    private func refuseAgents(of run: RunID) async throws(CommandError) {
        let events = try await asking { [runs] () throws(ServiceError) in try await runs.events(of: run) }
        for event in events {
            guard case .agentStarted(_, let agent) = event.payload, try await asks(agent.run) else { continue }
            throw .usage(
                """
                Run '\(run)' had the agent '\(agent.agent)' work, whose model spoke in the run '\(agent.run)'. A test \
                plays the models of agents only where the pipeline names a script for them, so it has to be written by \
                hand.
                """
            )
        }
    }

    /// Whether a model was asked in a run, or in one that worked for it, that is no script.
    private func asks(_ run: RunID) async throws(CommandError) -> Bool {
        let isThere = try await asking { [runs] () throws(ServiceError) in try await runs.summary(of: run) } != nil
        guard isThere else { return false }
        let events = try await asking { [runs] () throws(ServiceError) in try await runs.events(of: run) }
        for event in events {
            switch event.payload {
            case .modelRequested(let intent) where !intent.model.hasPrefix("scripted/"): return true
            case .agentStarted(_, let agent): if try await asks(agent.run) { return true }
            default: continue
            }
        }
        for attempt in try await attempts(of: run) where try await asks(attempt.run) { return true }
        return false
    }
}

extension StepAttempt {
    /// Where the run stands, in the words of a test.
    fileprivate var selection: [String: JSONValue] {
        ["pass": place.pass, "element": element, "attempt": number].compactMapValues { $0.map(JSONValue.int) }
    }
}
