import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import ScriptedProvider
import Testing

/// A run is recorded as a script, and the script plays to the same end.
struct RecordingTests {
    /// An engine whose model is scripted and whose clock stands still, so that two runs differ in nothing but what they do.
    private struct Stage {
        let directory: String
        var script: String { "\(directory)/script.json" }

        init() throws {
            directory = FileManager.default.temporaryDirectory.appending(path: "record-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        }

        func remove() { try? FileManager.default.removeItem(atPath: directory) }

        private var services: Services {
            var registry = Registry()
            registry.add(ScriptedProvider.self)
            registry.add(WriteTool.self)
            registry.add(ContentGate.self)
            return Services(
                EngineParts(
                    registry: registry,
                    store: MemoryStore(),
                    workspaces: PlainWorkspaces(),
                    transport: NoTransport(),
                    secrets: { _ in nil },
                    // What is to come is due at once, but the look at other processes' records never.
                    clock: EngineClock(
                        now: { .start },
                        sleep: {
                            if $0 == .start + .seconds(1) { for await _ in AsyncStream<Never>.makeStream().stream {} }
                        }
                    ),
                    scratch: directory + "/scratch",
                    owner: ProcessName("host:boot:1:1"),
                    version: "test",
                    random: { 0.5 }
                )
            )
        }

        /// Plays the script on a project that is empty, and returns its history and what is recorded of it.
        func play(_ json: JSONValue) async throws -> (events: [Event.Payload], recorded: JSONValue) {
            try Data(json.encoded()).write(to: URL(filePath: script))
            try? FileManager.default.removeItem(atPath: "\(directory)/out")
            let pipeline = try Pipeline(json: [
                "name": "p", "model": .string("scripted/\(script)"), "goal": ["gate": "content"],
                "tools": ["allow": ["write"]], "limits": ["iterations": 3, "turns": 12],
            ])
            let services = services
            let order = RunOrder(run: "r1", pipeline: pipeline, project: directory, origin: "test")
            let run = try await services.runs.start(order)
            _ = try await services.runs.carryOn(run)
            let events = try await services.runs.events(of: run).map(\.payload)
            return (events, try await services.runs.recording(of: run).json)
        }
    }

    private static func failure(_ dice: inout Dice) -> JSONValue {
        var failure: JSONValue = [
            "kind": dice.pick(["unavailable", "rate_limited", "timed_out"]),
            "message": dice.pick(["Down.", "Überlastet “x”."]),
        ]
        if dice.once(in: 2) { failure = failure.with("retry_after", dice.pick(["2s", "250ms", "1m30s"])) }
        if dice.once(in: 2) { failure = failure.with("may_have_cost", true) }
        if dice.once(in: 4) { failure = failure.with("too_long", true) }
        return failure
    }

    private static func call(_ dice: inout Dice) -> JSONValue {
        [
            "tool": dice.pick(["write", "write", "wriet"]),
            "arguments": dice.pick([
                ["file": "out", "text": "done"], ["file": "out", "text": "half"],
                "{\"file\": \"out\", \"text\": \"x\"}",
                "{oops", "", [:], "[1, 2]", "\"text\"", ["file": 5],
            ]),
        ]
    }

    private static func reply(_ dice: inout Dice) -> JSONValue {
        let input = dice.roll(0...9_000)
        let output = dice.roll(0...900)
        var reply: JSONValue = [
            "text": dice.pick(["", "I look.", "Zeile\n„zwei“ \u{1F600}", "{\"a\": 1}"]),
            "stop": dice.pick(["finished", "finished", "length", "filtered"]),
            "usage": [
                "input": .int(input), "cached": .int(input / 3), "cache_writes": .int(input / 4),
                "output": .int(output),
                "reasoning": .int(output / 2),
            ],
        ]
        reply = reply.with("calls", .array((0..<dice.roll(0...3)).map { _ in call(&dice) }))
        if dice.once(in: 3) { reply = reply.with("keepsake", ["anthropic": ["model": "m", "parts": [["text": 5]]]]) }
        if dice.once(in: 3) { reply = reply.with("errors", .array((0..<dice.roll(1...3)).map { _ in failure(&dice) })) }
        if dice.once(in: 12) { reply = reply.with("error", failure(&dice)) }
        return reply
    }

    private static func script(_ dice: inout Dice) -> JSONValue {
        var script: JSONValue = ["replies": .array((0..<dice.roll(1...12)).map { _ in reply(&dice) })]
        if dice.once(in: 2) { script = script.with("window", .int(dice.pick([1_000, 8_000]))) }
        guard dice.once(in: 2) else { return script }
        let rates: JSONValue = [
            "input": "2.50 USD", "cached": "0.25 USD", "cache_write": "3.125 USD", "output": "10.00 USD",
        ]
        return script.with("price", dice.once(in: 2) ? rates : rates.with("long", rates.with("above", 3_000)))
    }

    @Test(arguments: 1...60) func aScriptThatIsPlayedRecordedAndPlayedAgainTellsTheSame(seed: UInt64) async throws {
        let stage = try Stage()
        defer { stage.remove() }
        var dice = Dice(seed: seed)
        let first = try await stage.play(Self.script(&dice))
        let second = try await stage.play(first.recorded)
        #expect(first.events == second.events)
        #expect(first.recorded == second.recorded)
    }

    @Test func theScriptIsReadable() throws {
        let call = ToolCall(id: "x", tool: "write", arguments: #"{"file":"out"}"#)
        let odd = ToolCall(id: "y", tool: "write", arguments: #"{"file": "out"}"#)
        let usage = Usage(input: 9, cached: 4, cacheWrites: 2, output: 3, reasoning: 1)
        let events: [Event.Payload] = [
            .modelFailed(turn: 1, attempt: 1, Failure(.rateLimited, "Slow down.", retryAfter: 2), retryAt: .start),
            .modelReplied(RecordedReply(turn: 1, text: "I write.", usage: usage, cost: nil, stop: .finished)),
            .callProposed(ProposedCall(id: "1.1", call: call, reach: [])),
            .callProposed(ProposedCall(id: "1.2", call: odd, reach: [])),
            .modelReplied(RecordedReply(turn: 2, text: "", usage: Usage(), cost: nil, stop: .length)),
            .modelFailed(turn: 3, attempt: 1, Failure(.missing, "No key.", mayHaveCost: true), retryAt: nil),
        ]
        let recording = ScriptRecording(events, price: Price(input: .usd(2), output: .usd(8)))
        let expected: JSONValue = [
            "price": ["input": "2.00 USD", "cached": "2.00 USD", "cache_write": "2.00 USD", "output": "8.00 USD"],
            "replies": [
                [
                    "errors": [["kind": "rate_limited", "message": "Slow down.", "retry_after": "2s"]],
                    "text": "I write.",
                    "calls": [
                        ["tool": "write", "arguments": ["file": "out"]],
                        ["tool": "write", "arguments": #"{"file": "out"}"#],
                    ],
                    "usage": ["input": 9, "cached": 4, "cache_writes": 2, "output": 3, "reasoning": 1],
                ],
                ["usage": [:], "stop": "length"],
                ["error": ["kind": "missing", "message": "No key.", "may_have_cost": true]],
            ],
        ]
        #expect(recording.json == expected)
    }

    @Test func onlyTheModelThatRepliedIsPlayed() {
        let down = Failure(.unavailable, "Down.")
        let postponed = Failure(.unavailable, "Left alone.", retryAfter: 30, isPostponed: true)
        let (a, b) = (ModelName("m/a")!, ModelName("m/b")!)
        let events: [Event.Payload] = [
            .modelFailed(turn: 1, attempt: 1, down, retryAt: .start), .modelFellBack(from: a, to: b),
            .modelFailed(turn: 1, attempt: 2, postponed, retryAt: .start),
            .modelReplied(RecordedReply(turn: 1, text: "Up.", usage: Usage(), cost: nil, stop: .finished)),
            .modelFailed(turn: 2, attempt: 1, Failure(.cancelled, "Cancelled.", mayHaveCost: true), retryAt: nil),
        ]
        #expect(ScriptRecording(events, window: 9).json == ["replies": [["text": "Up.", "usage": [:]]], "window": 9])
    }

    @Test func whatFailedBeforeARunWasTakenUpAgainIsNotPlayed() {
        let down = Failure(.unavailable, "Down.")
        let events: [Event.Payload] = [
            .modelFailed(turn: 1, attempt: 1, down, retryAt: nil), .runFinished(.failed, reason: "Down."),
            .runReopened(by: "ada"), .modelFailed(turn: 1, attempt: 1, down, retryAt: .start),
            .modelReplied(RecordedReply(turn: 1, text: "Up.", usage: Usage(), cost: nil, stop: .finished)),
        ]
        let reply: JSONValue = ["errors": [["kind": "unavailable", "message": "Down."]], "text": "Up.", "usage": [:]]
        #expect(ScriptRecording(events).json == ["replies": [reply]])
    }
}
