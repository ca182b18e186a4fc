import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Images that tools return, from the tool to the model.
struct ImageRunTests {
    private func bench(_ store: any EventStore = MemoryStore()) -> Bench {
        var registry = Bench.registry
        registry.add(PaintTool.self)
        registry.add(SeeingProvider.self)
        return Bench(store: store, registry: registry)
    }

    private func start(_ bench: Bench, _ settings: JSONValue, context: String = "1M") async throws -> RunID {
        let pipeline = try Pipeline(json: [
            "name": "p", "model": "seeing/x", "goal": ["gate": "content"], "tools": ["allow": ["paint"]],
            "providers": ["seeing": settings], "limits": ["iterations": 1, "context": .string(context)],
        ])
        let order = RunOrder(run: "r1", pipeline: pipeline, project: bench.directory, origin: "test")
        return try await bench.services.runs.start(order)
    }

    private func outputs(_ bench: Bench) async throws -> [RecordedOutput] {
        try await bench.services.runs.events(of: "r1").compactMap {
            if case .callFinished(_, let output) = $0.payload { output } else { nil }
        }
    }

    private func replies(_ bench: Bench) async throws -> [String] {
        try await bench.services.runs.events(of: "r1").compactMap {
            if case .modelReplied(let reply) = $0.payload { reply.text } else { nil }
        }
    }

    @Test func anImageIsKeptOnceAndShownFromThere() async throws {
        let bench = bench()
        defer { bench.remove() }
        let run = try await start(bench, ["paints": [[0], [0, 1]], "takes": true])
        let state = try await bench.services.runs.carryOn(run)
        let bytes = [SampleImages.png(), SampleImages.png(mark: 1)]
        let images = bytes.map { RecordedImage(.png, size: 64, digest: Digest(of: $0)) }
        let line = "[an image: image/png, 640 x 480, 64 bytes]"
        #expect(
            try await outputs(bench) == [
                RecordedOutput(text: "Painted.\n\(line)", images: [images[0]]),
                RecordedOutput(text: "Painted.\n\(line)\n\(line)", images: images),
            ]
        )
        #expect(try await bench.store.artifact(images[1].digest) == bytes[1])
        #expect(try await replies(bench) == ["I see 0.", "I see 1: 0.", "I see 3: 0 0 1."])
        #expect(
            state.messages.contains { if case .tool(_, _, _, _, let images) = $0 { images.count == 2 } else { false } }
        )
    }

    @Test func aModelThatTakesNoneReadsALine() async throws {
        let bench = bench()
        defer { bench.remove() }
        let run = try await start(bench, ["paints": [[0]], "takes": false])
        _ = try await bench.services.runs.carryOn(run)
        let line = "[image 1 is not shown: the model takes no images]"
        #expect(
            try await replies(bench).last == "I see 0. Painted.\n[an image: image/png, 640 x 480, 64 bytes]\n\(line)"
        )
        #expect(try await outputs(bench).first?.images.count == 1, "another model may take it")
    }

    @Test func whatNoModelIsShownIsNotKept() async throws {
        let bench = bench()
        defer { bench.remove() }
        let run = try await start(bench, ["paints": [Array(repeating: 200, count: 22).json], "takes": true])
        _ = try await bench.services.runs.carryOn(run)
        let output = try #require(try await outputs(bench).first)
        #expect(output.images == [])
        let line = "[an image that is left out: it has 9000 x 480 pixels, and at most 8000 of a side are shown]"
        #expect(output.text.contains(line))
        #expect(output.text.hasSuffix("\n[2 more images are left out: a call may return 20]"))
    }

    @Test func anImageThatIsNotThereAnyMoreIsNamed() async throws {
        let bench = bench(FlakyStore(keepsArtifacts: false))
        defer { bench.remove() }
        let run = try await start(bench, ["paints": [[0]], "takes": true])
        _ = try await bench.services.runs.carryOn(run)
        let line = "[image 1 is not shown: it is not kept any more]"
        #expect(try await replies(bench).last?.hasSuffix(line) == true)
    }

    @Test(arguments: [true, false]) func imagesTakeRoomInTheModelsWindow(takes: Bool) async throws {
        let bench = bench()
        defer { bench.remove() }
        let run = try await start(bench, ["paints": [[0, 1], [2, 3]], "takes": .bool(takes)], context: "9k")
        _ = try await bench.services.runs.carryOn(run)
        let purposes = try await bench.services.runs.events(of: run).compactMap { event in
            if case .modelRequested(let intent) = event.payload { intent.purpose } else { nil }
        }
        #expect(purposes.contains(.summary) == takes)
    }

    /// Each image is reserved for as the most that the vendor counts, and no more of them than are shown.
    @Test func theWorstCaseBoundsWhatAnImageCounts() async throws {
        func reserved(_ paints: JSONValue, takes: Bool) async throws -> [Int] {
            let bench = bench()
            defer { bench.remove() }
            let run = try await start(bench, ["paints": paints, "takes": .bool(takes)])
            _ = try await bench.services.runs.carryOn(run)
            return try await bench.services.runs.events(of: run).compactMap {
                if case .modelRequested(let intent) = $0.payload { intent.reserved.tokens } else { nil }
            }
        }
        let seeing = try await reserved([[0, 1], [2, 3]], takes: true)
        let blind = try await reserved([[0, 1], [2, 3]], takes: false)
        // Besides, the two do not say the same.
        let more = zip(seeing, blind).map { ($0 - $1 + 2_500) / 5_000 }
        #expect(more == [0, 2, 3])
    }
}

extension [Int] {
    fileprivate var json: JSONValue { .array(map(JSONValue.int)) }
}

/// Returns images by number; those from 200 on are too wide.
private struct PaintTool: Tool {
    static let id: ModuleID = "paint"
    static let summary = "Paints."
    static let reach: Set<Reach> = [.reads]
    struct Arguments: Fields {
        @Field("The images.") var images: [Int]
        init() {}
    }
    init(settings: NoFields) throws(Failure) {}
    func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let images = arguments.images.compactMap { number in
            Image(SampleImages.png(number < 200 ? 640 : 9_000, mark: UInt8(truncatingIfNeeded: number)))
        }
        return ToolOutput("Painted.", images: images)
    }
}

/// Has images painted, turn by turn, and says what it sees.
private struct SeeingProvider: Provider {
    static let id: ModuleID = "seeing"
    static let summary = "Says what it sees."
    struct Settings: Fields {
        @Field("What is painted in each turn.") var paints: [[Int]] = []
        @Field("Whether it takes images.") var takes: Bool = true
        init() {}
    }
    let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }

    func images(of model: String) -> ImageAllowance? {
        settings.takes ? ImageAllowance(mostBytesOfAll: 1_000, mostImages: 3, mostTokens: 5_000) : nil
    }

    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        let turn = request.messages.count { if case .assistant = $0 { true } else { false } }
        let seen = request.shown(request.imageReferences)
        let marks = seen.map { " \($0.bytes[29])" }.joined()
        let missing = seen.isEmpty && turn > 0 ? " \(request.messages.last?.toolText ?? "")" : ""
        let text = "I see \(seen.count)\(seen.isEmpty ? "" : ":")\(marks).\(missing)"
        guard turn < settings.paints.count else { return ModelReply(text: text) }
        let arguments: JSONValue = ["images": .array(settings.paints[turn].map(JSONValue.int))]
        let call = ToolCall(id: CallID("c\(turn)"), tool: "paint", arguments: arguments.jsonText)
        return ModelReply(text: text, calls: [call])
    }
}

extension Message {
    fileprivate var toolText: String? { if case .tool(_, _, let text, _, _) = self { text } else { nil } }
}
