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
}
