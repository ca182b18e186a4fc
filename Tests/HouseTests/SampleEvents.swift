import PipelineEngine
import PipelineKit

/// Every event, with all that may be in its body and with as little as may be.
enum SampleEvents {
    static let all: [Event.Payload] = run + checks + model + calls + people + outside

    private static let digest = Digest(of: [1])
    private static let moment = Instant(milliseconds: 0)
    private static let failure = Failure(.timedOut, "No answer.", retryAfter: 1, mayHaveCost: true)

    private static let run: [Event.Payload] = [
        .runStarted(RunStart(run: "r1", pipeline: [:], project: "/p", origin: "cli", version: "1")),
        .runStarted(
            RunStart(
                run: "r1",
                pipeline: [:],
                project: "/p",
                source: .git("https://example.org/shop.git"),
                origin: "api",
                group: "g",
                version: "1",
                key: "ci"
            )
        ),
        .runStarted(
            RunStart(run: "r1", pipeline: [:], project: "/p", source: .nothing, origin: "api", version: "1")
        ),
        .runStarted(
            RunStart(
                run: "r2",
                pipeline: [:],
                project: "/p",
                origin: "cli",
                version: "1",
                forkedFrom: ForkOrigin(run: "r1", sequence: 9, digest: digest),
                parent: ParentWork(run: "r0", call: "1.1")
            )
        ),
        .runForked(ForkPoint(snapshot: "s1", isolation: .copy, by: "ada")),
        .changesApplied(Application(.files, from: "s0", to: "s1", files: 2, by: "ada")),
        .changesApplied(
            Application(.branch, from: "s0", to: "s1", commit: "c1", branch: "fix", files: 2, by: "ada")
        ),
        .workspaceOpened(Workspace(path: "/p"), start: "s0"),
        .workspaceOpened(Workspace(path: "/p", sandbox: .confined, heldOut: "s1"), start: "s0"),
        .workspaceOpened(Workspace(path: "/p", sandbox: .open("No bubblewrap.")), start: "s0"),
        .networkUsed(NetworkReport(.call("1.1"), [NetworkUse(host: "a.example", port: 443, isAllowed: true)])),
        .networkUsed(
            NetworkReport(.check(CheckName(iteration: 1)), [NetworkUse(host: "b", port: 80, isAllowed: false)])
        ),
        .bestChosen(BestChoice(BestScore(iteration: 1, score: 0.5), .achieved, reason: "The best score is 0.5.")),
        .rolledBack(Rollback(iteration: 1, snapshot: "s1", replaced: "s2", by: "ada")),
        .limitsChanged(Limits(), by: "ada"),
        .settingsChanged(SettingsChange(model: ModelName("m/x"), gate: .plan, by: "ada")),
        .settingsChanged(SettingsChange(by: "ada")),
        .settingsChanged(SettingsChange(instructions: "Be brief.", by: "ada")),
        .runFinished(.achieved, reason: "All tests pass."),
        .runReopened(by: "ada"),
    ]

    private static let checks: [Event.Payload] = [
        .judgeRequested(question(cost: .usd(1))),
        .judgeRequested(question(cost: nil)),
        .judgeReplied(
            JudgeReply(number: 1, text: "8", usage: Usage(input: 9, output: 1), cost: .usd(1), stop: .finished)
        ),
        .judgeReplied(
            JudgeReply(
                number: 1,
                text: "8",
                usage: Usage(input: 9, cached: 2, cacheWrites: 1, output: 4, reasoning: 3),
                cost: nil,
                stop: .length
            )
        ),
        .judgeFailed(number: 1, attempt: 2, failure),
        .checkStarted(CheckName(iteration: 1), snapshot: "s1"),
        .checkFinished(CheckName(iteration: 1), CheckResult(.passed, "Yes.")),
        .checkFinished(CheckName(iteration: 1), checked),
    ]

    private static func question(cost: Money?) -> JudgeIntent {
        JudgeIntent(
            check: CheckName(iteration: 1),
            number: 1,
            attempt: 1,
            model: "m/x",
            reserved: Spending(tokens: 9, cost: cost),
            request: digest
        )
    }

    private static var checked: CheckResult {
        var test = TestCase("t", .failed, "m", seconds: 1)
        test.file = "test_a.py"
        test.line = 3
        var result = CheckResult(
            .failed,
            "No.",
            score: 0.5,
            counts: [.failed: 1],
            failing: [test],
            details: "d",
            refused: [FileChange(.added, "conftest.py")],
            report: digest,
            failure: failure
        )
        result.findings = [Verdict.Finding(.warning, "Unused.", rule: "F401", file: "a.py", line: 1, column: 2)]
        result.unchangedSince = 1
        result.metrics = ["median_ms": 1.5]
        result.heldOut = CheckResult.HeldOut(.failed, "No.", counts: [.failed: 1], failing: [test])
        return result
    }

    private static let model: [Event.Payload] = [
        .iterationStarted(1),
        .modelRequested(intent(cost: .usd(1))),
        .modelRequested(intent(cost: nil)),
        .modelReplied(reply(cost: .usd(1))),
        .modelReplied(reply(cost: nil)),
        .modelReplied(thoughtful),
        .modelFailed(turn: 1, attempt: 1, failure, retryAt: moment),
        .modelFailed(turn: 1, attempt: 1, failure, retryAt: nil),
        .modelRequested(
            ModelIntent(
                turn: 1,
                attempt: 1,
                model: "m",
                reserved: Spending(tokens: 1),
                request: digest,
                purpose: .summary
            )
        ),
        .conversationCompacted(Compaction(dropped: 4, text: "It was long.")),
        .modelFellBack(from: ModelName("a/b")!, to: ModelName("c/d")!),
    ]

    private static func intent(cost: Money?) -> ModelIntent {
        ModelIntent(turn: 1, attempt: 1, model: "m", reserved: Spending(tokens: 1, cost: cost), request: digest)
    }

    private static func reply(cost: Money?) -> RecordedReply {
        RecordedReply(turn: 1, text: "", usage: Usage(input: 1, output: 1), cost: cost, stop: .finished)
    }

    private static let thoughtful = RecordedReply(
        turn: 1,
        text: "",
        usage: Usage(input: 2, cacheWrites: 1, output: 2, reasoning: 1),
        cost: nil,
        stop: .finished,
        keepsake: ["v": 1]
    )

    private static let calls: [Event.Payload] = [
        .callAssessed(
            "1.1",
            HookedCall(decision: .ask, hook: "h", reason: "r", arguments: "{}", reach: [.reads], policy: "0123456789ab")
        ),
        .callAssessed("1.1", HookedCall(reach: [.reads])),
        .hookFailed(HookFailure(hook: "h", moment: "run_end", reason: "r")),
        .callProposed(
            ProposedCall(id: "1.1", call: ToolCall(id: "s", tool: "t", arguments: "{}"), reach: [], awaitsHooks: true)
        ),
        .callProposed(
            ProposedCall(id: "1.1", call: ToolCall(id: "x", tool: "file_read", arguments: "{}"), reach: [.reads])
        ),
        .callStarted("1.1"),
        .callFinished("1.1", RecordedOutput(text: "")),
        .callFinished("1.1", RecordedOutput(text: "", exitCode: 1, isError: true, whole: digest)),
        .callFinished("1.1", RecordedOutput(text: "", snapshot: "s1")),
        .callFinished("1.1", RecordedOutput(text: "", images: [RecordedImage(.png, size: 64, digest: digest)])),
        .callRefused("1.1", reason: "No."),
        .callProposed(
            ProposedCall(
                id: "1.1",
                call: ToolCall(id: "s", tool: "file_write", arguments: "{}"),
                reach: [.writes],
                policy: "0123456789ab"
            )
        ),
    ]

    private static let subjects: [Approval.Subject] = [
        .call("1.1"), .repetition("1.1"), .check(CheckName(iteration: 1)), .plan(turn: 1), .limit(.cost),
        .step(place, run: nil), .outside(key: "k", tool: "Bash"),
    ]

    private static let place = StepPlace(pass: 1, step: "plan")

    private static let outside: [Event.Payload] = [
        .approvalRequested(
            Approval(
                id: "a1",
                subject: .outside(key: "k", tool: "AskUser"),
                question: "Which?",
                shown: digest,
                input: Approval.Input(.text),
                about: ["command": "make"]
            )
        ),
        .reported(.output(.stdout, "Building.")),
        .reported(.callBegun(id: "c1", tool: "Bash", input: ["command": "make"])),
        .reported(.callEnded(id: "c1", tool: "Bash", isError: false, duration: .seconds(1), error: nil)),
        .reported(.callEnded(id: "c1", tool: "Bash", isError: true, duration: .seconds(1), error: "It failed.")),
    ]

    private static let people: [Event.Payload] =
        subjects.map { .approvalRequested(Approval(id: "a1", subject: $0, question: "?", shown: digest)) } + [
            .approvalRequested(
                Approval(id: "a1", subject: .plan(turn: 1), question: "?", shown: digest, deadline: moment)
            ),
            .approvalRequested(
                Approval(
                    id: "a1",
                    subject: .step(place, run: "r1-1-1"),
                    question: "?",
                    shown: digest,
                    input: Approval.Input(.text, state: ["approval": "a1"])
                )
            ),
            .approvalRequested(
                Approval(
                    id: "a1",
                    subject: .input("1.1"),
                    question: "?",
                    shown: digest,
                    input: .init(.text, state: ["step": 1])
                )
            ),
            .approvalResolved("a1", Resolution(.approved, by: "ada")),
            .approvalResolved("a1", Resolution(.approved, by: "ada", answer: ["answer": "tabs"])),
            .approvalResolved("a1", Resolution(.rejected, by: "ada", message: "Use the other file.")),
            .approvalResolved(
                "a1",
                Resolution(
                    .approved,
                    by: "ada",
                    grant: ToolRule("bash_exec", with: ["command": "make *"]),
                    edit: CallEdit(arguments: "{}", reach: [.reads], shown: digest),
                    coveredBy: "a2"
                )
            ),
            .messageAdded("Look at calc.py.", by: "ada"),
            .agentStarted("1.1", AgentRun(run: "r1-1-1", agent: "reviewer")),
            .agentFinished("1.1", spent: Spending(tokens: 90)),
            .agentFinished("1.1", spent: Spending(tokens: 90, cost: .usd(1))),
            .stepStarted(place, runs: []),
            .stepStarted(place, runs: ["r1-1-1-1", "r1-1-1-2"]),
            .raceDecided(place, RaceDecision(rule: .cheapest, winner: nil, entrants: [])),
            .raceDecided(
                place,
                RaceDecision(
                    rule: .first,
                    winner: "r1-1-1-2",
                    entrants: [
                        RaceDecision.Entrant(
                            run: "r1-1-1-1",
                            model: "a/b",
                            status: .running,
                            spent: Spending(tokens: 9)
                        ),
                        RaceDecision.Entrant(
                            run: "r1-1-1-2",
                            model: "a/c",
                            status: .achieved,
                            spent: Spending(tokens: 9, cost: .usd(1))
                        ),
                    ]
                )
            ),
            .stepFinished(place, StepResult(.skipped), spent: Spending()),
            .stepFinished(
                place,
                StepResult(.passed, summary: "It is planned.", outputs: ["tasks": ["a", "b"]]),
                spent: Spending(tokens: 90, cost: .usd(1))
            ),
        ]
}
