import PipelineKit

extension EffectRunner {
    /// The request of a question with those of its images that the model may be shown, loaded now: nobody keeps them.
    func requestWithImages(_ question: Question) async throws(Failure) -> ModelRequest {
        guard question.state.conversation.images > 0 else { return question.request }
        let briefing = question.briefing
        var request = question.request.showing(briefing.provider.images(of: briefing.model.model))
        for image in request.imageReferences where request.images[image.digest] == nil {
            request.images[image.digest] = try await load(image)
        }
        return request.withoutMissingImages()
    }

    /// - Returns: `nil` for one that is not there any more.
    private func load(_ image: ImageReference) async throws(Failure) -> Image? {
        guard let digest = Digest(image.digest) else { return nil }
        do throws(StoreError) { return try await store.artifact(digest).flatMap(Image.init) } catch {
            throw Failure(.unavailable, "An image of the conversation cannot be read. \(error)")
        }
    }
}

extension Briefing {
    /// What so many images count as at most: no more are shown than the model takes.
    func tokens(ofImages count: Int) -> Int {
        guard count > 0, let allowance = provider.images(of: model.model) else { return 0 }
        return min(count, allowance.mostImages) * allowance.mostTokens
    }
}

extension RecordedOutput {
    /// Images that one call may return.
    static let mostImages = 20

    /// The output with a line about each of its images, without those that no model would be shown.
    static func naming(_ output: ToolOutput) -> ToolOutput {
        guard !output.images.isEmpty else { return output }
        var output = output
        let lines = output.images.prefix(mostImages).enumerated().map { place, image in
            image.problem.map { "[an image that is left out: it \($0)]" } ?? "[an image: \(image.words)]"
        }
        let rest = output.images.count - lines.count
        let more = rest > 0 ? ["[\(rest) more images are left out: a call may return \(mostImages)]"] : []
        output.text = ([output.text] + lines + more).filter { !$0.isEmpty }.joined(separator: "\n")
        output.images = output.images.prefix(mostImages).filter { $0.problem == nil }
        return output
    }
}
