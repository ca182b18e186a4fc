public import PipelineKit

extension RunService {
    /// What the model of a run said, as a script to be played again.
    ///
    /// Price and window are those of the model that was asked last; a script has one of each.
    public func recording(of run: RunID) async throws(ServiceError) -> ScriptRecording {
        let payloads = try await events(of: run).map(\.payload)
        var recording = ScriptRecording(payloads)
        guard let pipeline = try await state(of: run).pipeline, let (model, provider) = asked(in: payloads, pipeline)
        else { return recording }
        recording.price = parts.registry.price(of: model, in: pipeline, asked: provider)
        recording.window = provider.window(of: model.model)
        return recording
    }

    private func asked(in payloads: [Event.Payload], _ pipeline: Pipeline) -> (ModelName, any Provider)? {
        let asked = payloads.lazy.reversed().compactMap { payload -> String? in
            if case .modelRequested(let intent) = payload { intent.model } else { nil }
        }
        guard let model = asked.first.flatMap({ ModelName($0) }),
            let provider = try? parts.registry.provider(of: model, in: pipeline)
        else { return nil }
        return (model, provider)
    }

    /// The runs that did the work of the steps of a run: in the order in which the steps began, then of their elements, then
    /// of the tries. A step that was begun anew, as in a fork, is told as it was done last.
    public func stepAttempts(of run: RunID) async throws(ServiceError) -> [StepAttempt] {
        var (places, begun) = ([StepPlace](), [StepPlace: [RunID]]())
        for event in try await events(of: run) {
            guard case .stepStarted(let place, let runs) = event.payload else { continue }
            places.removeAll { $0 == place }
            places.append(place)
            begun[place] = runs
        }
        var attempts: [StepAttempt] = []
        for place in places {
            for first in begun[place] ?? [] { attempts += try await self.attempts(after: first, at: place) }
        }
        return attempts
    }

    /// All tries of one piece of work; none when not even the first one was begun.
    private func attempts(after first: RunID, at place: StepPlace) async throws(ServiceError) -> [StepAttempt] {
        var attempts: [StepAttempt] = []
        while true {
            let run = first.attempt(attempts.count + 1)
            guard try await summary(of: run) != nil else { return attempts }
            guard let parent = try await state(of: run).start?.parent,
                let attempt = StepAttempt(run, of: parent.run, place)
            else { throw .broken("Run '\(run)' does a step, and is not named after it.") }
            attempts.append(attempt)
        }
    }

    /// The way to a run that is about to begin, from the outermost run down: each does a step of the one before it.
    ///
    /// - Returns: `nil` for a run that does no step, and for one that is led by the call of an agent.
    func way(to order: RunOrder) async throws(ServiceError) -> [StepAttempt]? {
        var way: [StepAttempt] = []
        var (run, leader) = (order.run, order.parent)
        while let work = leader {
            guard case .step(let place) = work.work, let attempt = StepAttempt(run, of: work.run, place) else {
                return nil
            }
            way.insert(attempt, at: 0)
            (run, leader) = (work.run, try await state(of: work.run).start?.parent)
        }
        return way.isEmpty ? nil : way
    }
}
