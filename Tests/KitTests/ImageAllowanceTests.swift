import PipelineKit
import PipelineTesting
import Testing

/// Which images of a conversation a model is shown.
struct ImageAllowanceTests {
    static let few = ImageAllowance(
        mediaTypes: [.png],
        mostBytes: 100,
        mostBytesOfAll: 250,
        mostImages: 4,
        mostTokens: 9
    )

    private func request(_ images: [[ImageReference]]) -> ModelRequest {
        let messages = images.enumerated().map { index, images in
            Message.tool(call: CallID("c\(index)"), name: "t", text: "ok", isError: false, images: images)
        }
        return ModelRequest(
            model: "m",
            system: "",
            messages: Messages([.user("Go.")] + messages),
            tools: [],
            maximumOutput: 9
        )
    }

    private func texts(_ request: ModelRequest) -> [String] {
        request.messages.compactMap { if case .tool(_, _, let text, _, _) = $0 { text } else { nil } }
    }

    @Test func aModelThatTakesNoneReadsALineForEach() {
        let shown = request([[SampleImages.reference(), SampleImages.reference(mark: 1)], []]).showing(nil)
        let line = "is not shown: the model takes no images]"
        #expect(texts(shown) == ["ok\n[image 1 \(line)\n[image 2 \(line)", "ok"])
        #expect(shown.imageReferences.isEmpty)
    }

    @Test func whatTheModelDoesNotTakeIsNamed() {
        let gif = ImageReference(.gif, size: 10, digest: "g")
        let shown = request([[gif, SampleImages.reference(count: 101), SampleImages.reference()]]).showing(Self.few)
        let text = """
            ok
            [image 1 is not shown: the model does not take image/gif]
            [image 2 is not shown: the model takes at most 100 bytes]
            """
        #expect(texts(shown) == [text])
        #expect(shown.imageReferences == [SampleImages.reference()])
    }

    @Test func theOldestGoInBlocks() {
        let images = (0..<7).map { SampleImages.reference(mark: UInt8($0), count: 10) }
        let counts = (0...7).map { request(images[..<$0].map { [$0] }).showing(Self.few).imageReferences.count }
        #expect(counts == [0, 1, 2, 3, 4, 3, 4, 3])
        let shown = request(images[..<5].map { [$0] }).showing(Self.few)
        let gone = "ok\n[image 1 is not shown: only the latest images are]"
        #expect(texts(shown) == [gone, gone, "ok", "ok", "ok"])
    }

    /// What a cache holds of a request is good for the next one, but for the few at which images go.
    @Test(arguments: [([10], 2), ([90], 2), ([10, 90, 30], 2), ([100, 1], 2), ([125], 1)] as [([Int], Int)])
    func theFrontOfARequestStays(sizes: [Int], least: Int) {
        var allowance = Self.few
        allowance.mostBytes = 125
        let images = (0..<60).map { SampleImages.reference(mark: UInt8($0), count: sizes[$0 % sizes.count]) }
        var (last, changes) = (request([]).showing(allowance), 0)
        for count in 1...60 {
            let next = request(images[..<count].map { [$0] }).showing(allowance)
            let references = next.imageReferences
            #expect(references.last == images[count - 1], "the newest is shown")
            #expect(references.count <= 4 && references.reduce(0) { $0 + $1.size } <= 250)
            if !next.messages.starts(with: last.messages) { changes += 1 }
            last = next
        }
        #expect(changes <= 60 / least + 1, "\(changes)")
    }

    @Test func whatIsNotThereAnyMoreIsNamed() {
        var asked = request([[SampleImages.reference(), SampleImages.reference(mark: 1)]])
        asked.images["digest-1"] = Image(SampleImages.png())
        let shown = asked.withoutMissingImages()
        #expect(texts(shown) == ["ok\n[image 1 is not shown: it is not kept any more]"])
        #expect(shown.shown(shown.imageReferences).count == 1)
    }
}
