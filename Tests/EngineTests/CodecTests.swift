import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// The stored form of events, and the chain that holds them together.
struct CodecTests {
    static let digest = Digest(of: [1])
    static let failure = Failure(.rateLimited, "Too often.", retryAfter: 1.5, mayHaveCost: true)
    static let check = CheckResult(
        .failed,
        "No.",
        score: 0.5,
        counts: [.passed: 1, .failed: 2],
        failing: [TestCase("t", .failed, "m", seconds: 0.25)],
        details: "d",
        refused: [FileChange(.added, "conftest.py")],
        report: digest,
        failure: failure
    )

    /// One of each kind, with everything that may be in it and without.
    static let payloads: [Event.Payload] = [
        .started(LoopTests.pipeline), .opened,
        .checkStarted(CheckName(iteration: 1, round: 2), snapshot: "s"),
        .checkFinished(CheckName(iteration: 1), check), .checkFinished(CheckName(iteration: 0), LoopTests.yes),
        .iterationStarted(3),
        .modelRequested(
            ModelIntent(
                turn: 1,
                attempt: 2,
                model: "m",
                reserved: Spending(tokens: 5, cost: .usd(0.25)),
                request: digest
            )
        ),
        .modelReplied(
            RecordedReply(
                turn: 1,
                text: "t",
                usage: Usage(input: 4, cached: 2, cacheWrites: 1, output: 3, reasoning: 2),
                cost: .usd(1),
                stop: .length,
                keepsake: ["vendor": ["parts": [1, "a", nil]]]
            )
        ),
        .modelFailed(turn: 1, attempt: 1, failure, retryAt: .start),
        .modelFailed(turn: 1, attempt: 1, Failure(.denied, "No."), retryAt: nil),
        .modelFailed(turn: 1, attempt: 1, Failure(.unavailable, "No.", isPostponed: true), retryAt: .start),
        .modelFailed(turn: 1, attempt: 1, Failure(.invalidInput, "Too long.", isTooLong: true), retryAt: .start),
        .conversationCompacted(Compaction(dropped: 4, text: "It was long.")),
        .modelFellBack(from: ModelName("openai/gpt-5.2")!, to: ModelName("openrouter/openai/gpt-5.2")!),
        .callProposed(ProposedCall("1.1", "write", ["a": 1], reach: [.writes, .network])),
        .callStarted("1.1"),
        .callFinished("1.1", RecordedOutput(text: "t", exitCode: 1, isError: true, whole: digest)),
        .callFinished(
            "1.1",
            RecordedOutput(text: "", images: [RecordedImage(.jpeg, size: 3, digest: digest)])
        ),
        .callFinished("1.1", RecordedOutput(text: "")), .callRefused("1.1", reason: "No."),
        .approvalRequested(
            Approval(
                id: "a1",
                subject: .call("1.1"),
                question: "?",
                shown: digest,
                deadline: .start,
                onDeadline: .approve
            )
        ),
        .approvalRequested(Approval(id: "a1", subject: .repetition("1.1"), question: "?", shown: digest)),
        .approvalRequested(
            Approval(
                id: "a1",
                subject: .input("1.1"),
                question: "?",
                shown: digest,
                input: .init(InputForm([InputField("city", .choice([.init("b", title: "Bern")]))]), state: ["n": 1])
            )
        ),
        .approvalResolved("a1", Resolution(.approved, by: "ada", answer: ["city": "b"])),
        .approvalRequested(Approval(id: "a1", subject: .check(CheckName(iteration: 1)), question: "?", shown: digest)),
        .approvalRequested(Approval(id: "a1", subject: .plan(turn: 2), question: "?", shown: digest)),
        .approvalRequested(
            Approval(
                id: "a1",
                subject: .outside(key: "k", tool: "Bash"),
                question: "?",
                shown: digest,
                about: ["command": ["make", nil, 1.5]]
            )
        ),
        .approvalRequested(
            Approval(
                id: "a1",
                subject: .outside(key: "k", tool: "AskUser"),
                question: "?",
                shown: digest,
                input: .init(.text)
            )
        ),
        .reported(.output(.stderr, "t")), .reported(.callBegun(id: "c", tool: "Bash", input: ["a": [1]])),
        .reported(.callBegun(id: "c", tool: "Bash", input: .null)),
        .reported(.callEnded(id: "c", tool: "Bash", isError: true, duration: .milliseconds(1_500), error: "e")),
        .reported(.callEnded(id: "c", tool: "Bash", isError: false, duration: .zero, error: nil)),
        .approvalRequested(Approval(id: "a1", subject: .limit(.wall), question: "?", shown: digest)),
        .approvalRequested(Approval(id: "a1", subject: .limit(.day), question: "?", shown: digest)),
        .approvalRequested(Approval(id: "a1", subject: .limit(.key), question: "?", shown: digest)),
        .approvalResolved("a1", Resolution(.expired, by: "ada", message: "m")),
        .approvalResolved(
            "a1",
            Resolution(
                .approved,
                by: "ada",
                grant: ToolRule("t", with: ["a": "b*"], reach: [.reads, .outside], exactly: ["a": 1]),
                edit: CallEdit(arguments: "{}", reach: [.writes], shown: digest),
                coveredBy: "a2"
            )
        ),
        .approvalResolved("a1", Resolution(.approved, by: "ada", grant: "t")),
        .callAssessed(
            "1.1",
            HookedCall(decision: .deny, hook: "h", reason: "r", arguments: "{}", reach: [.reads], policy: "v")
        ),
        .callAssessed("1.1", HookedCall()), .hookFailed(HookFailure(hook: "h", moment: "run_end", reason: "r")),
        .messageAdded("t", by: "ada"), .limitsChanged(Limits(), by: "ada"),
        .settingsChanged(SettingsChange(model: ModelName("m/x/y"), gate: .afterFailedCheck, by: "ada")),
        .settingsChanged(SettingsChange(gate: .never, by: "ada")),
        .rolledBack(Rollback(iteration: 1, snapshot: "s", replaced: "t", by: "ada")),
        .runFinished(.notAchieved, reason: "r"), .runReopened(by: "ada"),
    ]

    @Test(arguments: payloads) func everyEventReadsBackToItself(payload: Event.Payload) throws {
        let rows = Chain.rows([payload], after: 0, head: Chain.start, at: .start)
        #expect(try EventCodec.decode(rows[0]).payload == payload)
    }

    @Test(arguments: payloads) func everyExportedLineReadsBackToItself(payload: Event.Payload) throws {
        let rows = Chain.rows([payload], after: 0, head: Chain.start, at: .start)
        let event = try EventCodec.decode(rows[0])
        let line = EventLine(event, of: "r1")
        #expect(try EventLine(line.text, after: 0, head: Chain.start) == line)
        #expect(try JSONValue(parsing: line.text).jsonText == line.text, "compact, and its members sorted")
    }

    @Test(arguments: payloads) func aDamagedBodyIsRefusedAndNeverTraps(payload: Event.Payload) throws {
        let row = Chain.rows([payload], after: 0, head: Chain.start, at: .start)[0]
        for member in payload.body.keys {
            for value in [nil, .null, -1, "x", [:], [[]]] as [JSONValue?] {
                var body = payload.body
                body[member] = value
                var damaged = row
                damaged.body = JSONValue.object(body).encoded()
                _ = try? EventCodec.decode(damaged)
            }
        }
    }

    @Test func anEventOfANewerVersionIsNamed() {
        var row = Chain.rows([.callStarted("1.1")], after: 0, head: Chain.start, at: .start)[0]
        row.version = 2
        let words =
            "Event 1 ('tool_call.started'), version 2, is not known to this version of Sluice, or it is damaged."
        #expect(throws: StoreError.unreadable(words)) { try EventCodec.decode(row) }
    }

    /// As it is written down in Docs/Events.md, so that anybody can check an export.
    @Test(arguments: [0, 1, 9, 10, 1_767_225_600_000, -1, -10, .max, .min]) func aLinkIsMadeOfItsParts(number: Int) {
        let row = EventCodec.Row(type: "tool_call.started", version: 1, body: Array(#"{"call":"1.1"}"#.utf8))
        let parts = ["\(number)", "\(number)", row.type, "\(row.version)"].map { Array($0.utf8) } + [row.body]
        let content = parts.reduce(into: Self.digest.bytes) { content, part in
            content += withUnsafeBytes(of: UInt64(part.count).bigEndian) { Array($0) } + part
        }
        let made = Chain.digest(after: Self.digest, number, Instant(milliseconds: number), row)
        #expect(made == Digest(of: content))
    }

    @Test func aChangedEventBreaksTheChain() throws {
        let rows = Chain.rows([.callStarted("1.1"), .callStarted("1.2")], after: 0, head: Chain.start, at: .start)
        #expect(Chain.problem(with: rows[0], after: 0, head: Chain.start) == nil)
        #expect(Chain.problem(with: rows[1], after: 1, head: rows[0].digest) == nil)
        var changed = rows[1]
        changed.body = rows[0].body
        let words = "Event 2 ('tool_call.started') was changed after it was recorded: its digest does not match."
        #expect(Chain.problem(with: changed, after: 1, head: rows[0].digest) == words)
        #expect(
            Chain.problem(with: rows[1], after: 0, head: Chain.start)
                == "Event 1 is missing: the next one is numbered 2."
        )
    }

    @Test func aHistoryThatWasTamperedWithIsNotOpened() async throws {
        let store = MemoryStore()
        var rows = Chain.rows([.started(LoopTests.pipeline), .opened], after: 0, head: Chain.start, at: .start)
        rows[1].body = Array(#"{"path":"/etc","project":"/etc","snapshot":"s0"}"#.utf8)
        let summary = RunSummary(RunState(), run: "r1")
        try await store.append(Batch(run: "r1", events: rows, summary: RunSummary(summary, sequence: 2)))
        let words = """
            The history of run 'r1' is damaged. Event 2 ('workspace.opened') was changed after it was recorded: its \
            digest does not match.
            """
        await #expect(throws: ServiceError.store(.unreadable(words))) {
            try await LiveRun.open("r1", in: store, clock: Bench.clock)
        }
    }
}

extension RunSummary {
    fileprivate init(_ other: RunSummary, sequence: Int) {
        self = other
        self.sequence = sequence
    }
}
