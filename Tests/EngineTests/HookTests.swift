import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Programs of a person are asked before calls and told after them, in the contract that their scripts keep already.
struct HookTests {
    /// A bench, and a folder with scripts that lies outside of its workspace.
    private struct Hooked {
        let bench: Bench
        let folder: String

        init(_ scripts: [String: String] = [:], policy: Bool = false) throws {
            folder = Bench.temporary()
            for (name, text) in scripts { try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
            let file = policy ? PolicyFile("\(folder)/policy.yaml", registry: Bench.registry) : nil
            bench = Bench(policy: file)
        }

        func read(_ name: String) -> String? { try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }

        func remove() {
            bench.remove()
            try? FileManager.default.removeItem(atPath: folder)
        }

        /// A run whose first reply writes the file that is wanted.
        func carryOn(
            _ hooks: JSONValue,
            tools: JSONValue = ["allow": ["look", "write"]],
            iterations: Int = 1
        ) async throws -> RunState {
            let run = try await bench.start(
                [["calls": [RunningTests.write]]],
                tools: tools,
                limits: ["iterations": .int(iterations)],
                hooks: hooks
            )
            return try await bench.services.runs.carryOn(run)
        }
    }

    private static func bash(_ name: String, _ hooked: String) -> JSONValue {
        ["run": ["/bin/bash", .string("\(hooked)/\(name)")]]
    }

    private static func answering(_ json: String) -> [String: String] {
        ["hook.sh": "cat > \"$0.in\"\necho '\(json)'\n"]
    }

    private static func deciding(_ decision: String, _ more: String = "") -> String {
        #"{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"\#(decision)""# + more + "}}"
    }

    @Test func aHookReadsWhatTheCallIs() async throws {
        let hooked = try Hooked(["hook.sh": "cat > \"$0.in\"; pwd > \"$0.cwd\"\n"])
        defer { hooked.remove() }
        let state = try await hooked.carryOn(["before_call": [Self.bash("hook.sh", hooked.folder)]])
        #expect(state.status == .achieved)
        let read = try JSONValue(parsing: try #require(hooked.read("hook.sh.in")))
        #expect(read["session_id"] == "r1")
        #expect(read["hook_event_name"] == "PreToolUse")
        #expect(read["cwd"] == .string(hooked.bench.directory))
        #expect(read["tool_name"] == "write")
        #expect(read["tool_input"] == ["file": "out", "text": "done"])
        #expect(read["tool_use_id"] == "1.1")
        #expect(read["transcript_path"] == nil)
        #expect(try await hooked.bench.types().contains("tool_call.assessed"))
    }

    @Test func exitStatusTwoRefusesTheCallInTheWordsOfTheHook() async throws {
        let hooked = try Hooked(["hook.sh": "echo 'Not on a Friday.' >&2; exit 2\n"])
        defer { hooked.remove() }
        let hook = Self.bash("hook.sh", hooked.folder)
        let state = try await hooked.carryOn(["before_call": [hook]])
        let name = "/bin/bash \(hooked.folder)/hook.sh"
        #expect(state.calls["1.1"]?.stage == .refused("The hook '\(name)' does not allow the call. Not on a Friday."))
        #expect(hooked.bench.read("out") == nil)
    }

    @Test(arguments: [
        ("exit 1", "The hook failed. It ended with 1."),
        ("echo no >&2; exit 3", "The hook failed. It ended with 3. It said: no"),
        ("sleep 30", "The hook failed. It did not answer in time."),
        ("head -c 70000 /dev/zero | tr '\\0' x", "The hook failed. It printed more than 64 kB."),
        ("echo '\(deciding("perhaps", #","permissionDecisionReason":"Who knows.""#))'", "Who knows."),
        ("echo '{\"decision\":\"block\",\"reason\":\"Old style.\"}'", "Old style."),
    ])
    func whateverIsNoClearYesIsANo(line: String, reason: String) async throws {
        let hooked = try Hooked()
        defer { hooked.remove() }
        let state = try await hooked.carryOn(["before_call": [["run": .string(line), "timeout": "2s"]]])
        #expect(state.calls["1.1"]?.stage == .refused("The hook '\(line)' does not allow the call. \(reason)"))
        #expect(hooked.bench.read("out") == nil)
    }

    @Test(arguments: [
        "", "echo all is well", "echo '[1]'", "echo '\(deciding("allow"))'", "echo '\(deciding("defer"))'",
        "echo '{\"decision\":\"approve\"}'",
    ])
    func whoSaysNothingLeavesItToTheRules(line: String) async throws {
        for (tools, status) in [
            (["allow": ["write"]], .achieved), (["allow": ["look"], "ask": ["write"]], .waiting),
            (["allow": ["look"]], .notAchieved),
        ] as [(JSONValue, RunStatus)] {
            let hooked = try Hooked()
            defer { hooked.remove() }
            let state = try await hooked.carryOn(["before_call": [["run": .string("true; \(line)")]]], tools: tools)
            #expect(state.status == status, "A hook's yes beats neither a no nor a question: \(tools.jsonText)")
        }
    }

    @Test func aHookMayHaveAPersonAsked() async throws {
        let hooked = try Hooked(Self.answering(Self.deciding("ask", #","permissionDecisionReason":"It is big.""#)))
        defer { hooked.remove() }
        let state = try await hooked.carryOn(["before_call": [Self.bash("hook.sh", hooked.folder)]])
        #expect(
            state.pendingApprovals.map(\.approval.question) == [
                #"It is big. Let the model call write? {"file":"out","text":"done"}"#
            ]
        )
        let answer = Resolution(.approved, by: "ada")
        try await hooked.bench.services.approvals.resolve("a1", of: "r1", with: answer, shown: nil)
        #expect(try await hooked.bench.services.runs.carryOn("r1").status == .achieved)
    }

    @Test func theRulesLookAtWhatAPythonHookMadeOfTheCall() async throws {
        let script = """
            import json, sys
            call = json.load(sys.stdin)
            call["tool_input"]["file"] = "OUT".lower() if call["tool_input"]["file"] == "out" else "x"
            call["tool_input"]["text"] = "done" if len(sys.argv) < 2 else sys.argv[1]
            print(json.dumps({"hookSpecificOutput": {"updatedInput": call["tool_input"]}}))
            """
        let hooked = try Hooked(["hook.py": script])
        defer { hooked.remove() }
        let change: JSONValue = ["run": ["python3", .string("\(hooked.folder)/hook.py"), "secret"]]
        let tools: JSONValue = ["allow": ["write"], "deny": [["tool": "write", "with": ["text": "secret"]]]]
        let state = try await hooked.carryOn(["before_call": [change]], tools: tools)
        #expect(state.calls["1.1"]?.stage == .refused("The pipeline does not allow 'write'."))
        #expect(state.calls["1.1"]?.proposed.call.arguments == #"{"file":"out","text":"secret"}"#)
    }

    @Test func theModelIsToldWhatAHookChanged() async throws {
        let hooked = try Hooked(
            Self.answering(#"{"hookSpecificOutput":{"updatedInput":{"file":"out","text":"done"}}}"#)
        )
        defer { hooked.remove() }
        let hook = Self.bash("hook.sh", hooked.folder)
        let state = try await hooked.carryOn(["before_call": [hook]])
        let name = "/bin/bash \(hooked.folder)/hook.sh"
        let told =
            "[The hook '\(name)' changed the arguments before allowing the call: {\"file\":\"out\",\"text\":\"done\"}]\nWrote out."
        #expect(state.messages.contains(.tool(call: "s0.0", name: "write", text: told, isError: false)))
    }

    @Test func aHookIsForTheToolsThatItNames() async throws {
        let hooked = try Hooked()
        defer { hooked.remove() }
        let state = try await hooked.carryOn(["before_call": [["run": "exit 2", "tools": ["loo*", "hang"]]]])
        #expect(state.status == .achieved)
        #expect(try await !hooked.bench.types().contains("tool_call.assessed"))
    }

    @Test func theFirstNoOfSeveralHooksIsTheLastThatIsAsked() async throws {
        let hooked = try Hooked()
        defer { hooked.remove() }
        let touch = "touch \(hooked.folder)/asked"
        let state = try await hooked.carryOn([
            "before_call": [["run": "exit 0"], ["run": "exit 2"], ["run": .string(touch)]]
        ])
        #expect(state.calls["1.1"]?.stage == .refused("The hook 'exit 2' does not allow the call. It gave no reason."))
        #expect(hooked.read("asked") == nil)
    }

    @Test(arguments: ["before_call", "after_call"]) func aHookMayEndTheRun(moment: String) async throws {
        let hooked = try Hooked(Self.answering(#"{"continue":false,"stopReason":"Enough."}"#))
        defer { hooked.remove() }
        let state = try await hooked.carryOn([moment: [Self.bash("hook.sh", hooked.folder)]])
        #expect(state.phase == .finished(.aborted, reason: "Enough."))
        #expect((hooked.bench.read("out") == nil) == (moment == "before_call"))
    }

    // MARK: - After a call, and around a run

    @Test func whatAHookSaysAfterACallIsForTheModelToReadAsTheHooks() async throws {
        let note =
            #"{"decision":"block","reason":"It is not formatted.","hookSpecificOutput":{"additionalContext":"Run fmt."}}"#
        let hooked = try Hooked(Self.answering(note))
        defer { hooked.remove() }
        let hook = Self.bash("hook.sh", hooked.folder)
        let state = try await hooked.carryOn(["after_call": [hook]])
        let name = "/bin/bash \(hooked.folder)/hook.sh"
        let text =
            "Wrote out.\n[The hook '\(name)' objects: It is not formatted.]\n[A note from the hook '\(name)': Run fmt.]"
        guard case .done(let output) = state.calls["1.1"]?.stage else {
            Issue.record("The call has no output.")
            return
        }
        #expect(output.text == text)
        #expect(output.isError)
        let read = try JSONValue(parsing: try #require(hooked.read("hook.sh.in")))
        #expect(read["hook_event_name"] == "PostToolUse")
        #expect(read["tool_response"] == ["text": "Wrote out.", "is_error": false])
    }

    @Test func aHookMayKeepARunFromStarting() async throws {
        let hooked = try Hooked()
        defer { hooked.remove() }
        let state = try await hooked.carryOn(["run_start": [["run": "echo 'Not today.' >&2; exit 2"]]])
        let reason = "The hook 'echo 'Not today.' >&2; exit 2' keeps the run from starting: Not today."
        #expect(state.phase == .finished(.failed, reason: reason))
    }

    @Test func theEndIsToldOnceAndAHookThatFailsThenIsRecorded() async throws {
        let hooked = try Hooked(["hook.sh": "cat >> \"$0.in\"; exit 1\n"])
        defer { hooked.remove() }
        let state = try await hooked.carryOn(["run_end": [Self.bash("hook.sh", hooked.folder)]])
        #expect(state.status == .achieved)
        let told = try JSONValue(parsing: try #require(hooked.read("hook.sh.in")))
        #expect(told["hook_event_name"] == "SessionEnd" && told["reason"] == "achieved")
        let name = "/bin/bash \(hooked.folder)/hook.sh"
        let failure = HookFailure(hook: name, moment: "run_end", reason: "The hook failed. It ended with 1.")
        #expect(try await hooked.bench.services.runs.events(of: "r1").last?.payload == .hookFailed(failure))
        _ = try await hooked.bench.services.runs.carryOn("r1")
        #expect(try JSONValue(parsing: try #require(hooked.read("hook.sh.in"))) == told)
    }

    @Test func theOperatorsHooksAreAskedBeforeThoseOfPipelines() async throws {
        let hooked = try Hooked(
            ["policy.yaml": "hooks: { before_call: [{ run: \"echo Mine. >&2; exit 2\" }] }\n"],
            policy: true
        )
        defer { hooked.remove() }
        let state = try await hooked.carryOn(["before_call": [["run": "touch pipeline"]]])
        #expect(
            state.calls["1.1"]?.stage == .refused("The hook 'echo Mine. >&2; exit 2' does not allow the call. Mine.")
        )
        #expect(hooked.bench.read("pipeline") == nil)
    }

    // MARK: - Crashes, and places

    @Test func aCallWaitsForItsHooksAndBeginsNoSooner() throws {
        let call = ToolCall(id: "s", tool: "write", arguments: "{}")
        let proposed = ProposedCall(id: "1.1", call: call, reach: [.writes], awaitsHooks: true)
        let state = RunState.given([.started(LoopTests.pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
            .after([.iterationStarted(1)] + Event.Payload.replied(1, "") + [.callProposed(proposed)])
        #expect(state.calls["1.1"]?.stage == .assessing)
        #expect(state.effects == [.assess("1.1")])
        #expect(throws: Refusal.unknownCall("1.1")) { try state.when(.beginCall("1.1", shown: nil)) }
        let hooked = HookedCall(reach: [.writes])
        let assessed = AssessedCall(proposed, problem: nil, rule: .allow, shown: nil)
        let events = try state.when(.assessCall(assessed, hooked))
        #expect(events == [.callAssessed("1.1", hooked)])
        #expect(state.after(events).effects == [.call("1.1")])
        #expect(throws: Refusal.outdated) { try state.after(events).when(.assessCall(assessed, hooked)) }
    }

    @Test(arguments: [["/bin/sh", "check.sh"], ["./check.sh"], ["python3", "tools/../check.sh"]])
    func aProgramThatTheModelCouldChangeIsRefusedAtTheStart(words: [String]) async throws {
        let hooked = try Hooked()
        defer { hooked.remove() }
        try FileManager.default.createDirectory(
            atPath: "\(hooked.bench.directory)/tools",
            withIntermediateDirectories: true
        )
        try Data().write(to: URL(filePath: "\(hooked.bench.directory)/check.sh"))
        for run in [words.json, .string(words.joined(separator: " "))] {
            let message =
                "The hook '\(words.joined(separator: " "))' names '\(words.last!)', which lies in '\(hooked.bench.directory)', where the model could change it. Keep it elsewhere."
            await #expect(throws: ServiceError.invalid(message)) {
                try await hooked.carryOn(["before_call": [["run": run]]])
            }
        }
    }

    @Test func withoutHooksACallIsProposedAndBegunAtOnce() async throws {
        let hooked = try Hooked()
        defer { hooked.remove() }
        let state = try await hooked.carryOn([:])
        #expect(state.calls["1.1"]?.proposed.awaitsHooks == false)
        #expect(
            try await hooked.bench.types().filter { $0.hasPrefix("tool_call") } == [
                "tool_call.proposed", "tool_call.started", "tool_call.finished",
            ]
        )
    }
}
