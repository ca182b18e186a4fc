public import PipelineKit

extension RunService {
    /// What the model of a run said, as a script to be played again.
    ///
    /// The price is the one that counts for the model that was asked last; a script has one.
    public func recording(of run: RunID) async throws(ServiceError) -> ScriptRecording {
        let payloads = try await events(of: run).map(\.payload)
        let pipeline = try await state(of: run).pipeline
        return ScriptRecording(payloads, price: pipeline.flatMap { price(in: payloads, $0) })
    }

    private func price(in payloads: [Event.Payload], _ pipeline: Pipeline) -> Price? {
        let asked = payloads.lazy.reversed().compactMap { payload -> String? in
            if case .modelRequested(let intent) = payload { intent.model } else { nil }
        }
        guard let model = asked.first.flatMap({ ModelName($0) }),
            let provider = try? parts.registry.provider(of: model, in: pipeline)
        else { return nil }
        return parts.registry.price(of: model, asked: provider)
    }
}
