import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// An answer may allow more than the call that was asked about, or make another call of it.
struct GrantTests {
    private static func write(_ file: String) -> JSONValue {
        ["tool": "write", "arguments": ["file": .string(file), "text": "done"]]
    }

    /// A run that asks about each of the calls of its first reply.
    private func asking(_ calls: [JSONValue], then more: [JSONValue] = [], tools: JSONValue = ["ask": ["write"]])
        async throws -> (Bench, RunID)
    {
        let bench = Bench()
        var members = tools.members
        members["allow"] = ["look"]
        let run = try await bench.start(.array([["calls": .array(calls)]] + more), tools: .object(members))
        #expect(try await bench.services.runs.carryOn(run).status == .waiting)
        return (bench, run)
    }

    private let ada = Resolution(.approved, by: "ada")

    @Test func whatIsAllowedForTheRunIsNotAskedAgain() async throws {
        let (bench, run) = try await asking([Self.write("a")], then: [["calls": [Self.write("a"), Self.write("b")]]])
        defer { bench.remove() }
        try await bench.services.approvals.approve("a1", of: run, with: ada, grant: .same, shown: nil)
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.grants == [ToolRule("write", exactly: ["file": "a", "text": "done"])])
        #expect(state.pendingApprovals.map(\.approval.subject) == [.call("2.2")])
        #expect(state.calls["2.1"]?.isOpen == false)
    }

    @Test func aPatternAnswersOtherOpenQuestionsToo() async throws {
        let (bench, run) = try await asking([Self.write("src/a"), Self.write("b"), Self.write("src/c")])
        defer { bench.remove() }
        try await bench.services.approvals.approve("a1", of: run, with: ada, grant: .like("src/*"), shown: nil)
        let answers = try await bench.services.runs.events(of: run).compactMap { event in
            if case .approvalResolved(let id, let answer) = event.payload { (id, answer) } else { nil }
        }
        let rule = ToolRule("write", with: ["file": "src/*"])
        #expect(answers.map(\.0) == ["a1", "a3"])
        #expect(answers[0].1 == Resolution(.approved, by: "ada", grant: rule))
        #expect(answers[1].1 == Resolution(.approved, by: "ada", coveredBy: "a1"))
        #expect(try await bench.services.approvals.pending(of: run).map(\.id) == ["a2"])
    }

    @Test(
        arguments: [
            (
                GrantRequest.like("lib/*"),
                #"The pattern 'lib/*' does not stand for the 'file' of this call: {"file":"src/a","text":"done"}."#
            ),
            (.like(String(repeating: "*", count: 1_001)), "A pattern may have 1000 bytes at most."),
        ]
    )
    func aPatternThatDoesNotStandForTheCallIsRefused(grant: GrantRequest, message: String) async throws {
        let (bench, run) = try await asking([Self.write("src/a")])
        defer { bench.remove() }
        await #expect(throws: ServiceError.invalid(message)) {
            try await bench.services.approvals.approve("a1", of: run, with: ada, grant: grant, shown: nil)
        }
        #expect(try await bench.services.approvals.pending(of: run).map(\.id) == ["a1"])
    }

    @Test func whatIsAllowedForTheRunIsStillKnownAfterARestart() async throws {
        let (bench, run) = try await asking([Self.write("a")], then: [["calls": [Self.write("a")]]])
        defer { bench.remove() }
        try await bench.services.approvals.approve("a1", of: run, with: ada, grant: .same, shown: nil)
        let again = RunState(replaying: try await bench.services.runs.events(of: run))
        #expect(again.grants == [ToolRule("write", exactly: ["file": "a", "text": "done"])])
    }

    @Test func aDenialStandsBeforeWhatWasAllowedForTheRun() async throws {
        let tools: JSONValue = ["ask": ["write"], "deny": [["tool": "write", "with": ["file": "secret*"]]]]
        let next: JSONValue = ["calls": [Self.write("secret")]]
        let (bench, run) = try await asking([Self.write("a")], then: [next], tools: tools)
        defer { bench.remove() }
        try await bench.services.approvals.approve("a1", of: run, with: ada, grant: .like("*"), shown: nil)
        let state = try await bench.services.runs.carryOn(run)
        #expect(bench.read("secret") == nil)
        #expect(bench.read("a") == "done")
        #expect(
            state.messages.contains(
                .tool(call: "s1.0", name: "write", text: "The pipeline does not allow 'write'.", isError: true)
            )
        )
    }

    // MARK: - Other arguments

    @Test func exactlyTheEditedCallIsRunAndTheModelIsTold() async throws {
        let (bench, run) = try await asking([Self.write("wrong")])
        defer { bench.remove() }
        let arguments: JSONValue = ["file": "out", "text": "done"]
        try await bench.services.approvals.approve("a1", of: run, with: ada, arguments: arguments, shown: nil)
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        #expect(bench.read("wrong") == nil)
        #expect(bench.read("out") == "done")
        let told =
            #"[ada changed the arguments before allowing the call: {"file":"out","text":"done"}]"# + "\nWrote out."
        #expect(state.messages.contains(.tool(call: "s0.0", name: "write", text: told, isError: false)))
    }

    @Test(
        arguments: [
            (
                ["fiel": "out", "text": "x"],
                "The arguments of 'write' are wrong. Unknown field 'fiel'. Did you mean 'file'?"
            ),
            (["file": "secret", "text": "x"], "The policy does not allow 'write' with these arguments."),
        ] as [(JSONValue, String)]
    )
    func argumentsThatCannotBeAreToldToThePersonAndNothingIsRecorded(arguments: JSONValue, message: String) async throws
    {
        let tools: JSONValue = ["ask": ["write"], "deny": [["tool": "write", "with": ["file": "secret*"]]]]
        let (bench, run) = try await asking([Self.write("a")], tools: tools)
        defer { bench.remove() }
        let before = try await bench.types()
        await #expect(throws: ServiceError.invalid(message)) {
            try await bench.services.approvals.approve("a1", of: run, with: ada, arguments: arguments, shown: nil)
        }
        #expect(try await bench.types() == before)
    }

    @Test func anEditedCallIsBoundToWhatItWasEditedTo() throws {
        let shown = Digest(of: [1])
        let edit = CallEdit(arguments: #"{"command":"ls"}"#, reach: [.reads, .runs], shown: shown)
        let answer = Resolution(.approved, by: "ada", edit: edit)
        let waiting = ApprovalTests().waiting
        let approved = waiting.after(try waiting.when(.resolve("a1", answer, shown: ApprovalTests.shown)))
        let reason = "The call is not what was approved: it was changed after it was shown."
        #expect(approved.calls["1.1"]?.proposed.call.arguments == edit.arguments)
        #expect(
            try approved.when(.beginCall("1.1", shown: ApprovalTests.shown)) == [.callRefused("1.1", reason: reason)]
        )
        #expect(try approved.when(.beginCall("1.1", shown: shown)) == [.callStarted("1.1")])
    }

    @Test func whatIsNoQuestionAboutACallCannotBeEdited() throws {
        let plan = Approval(id: "a1", subject: .plan(turn: 1), question: "?", shown: ApprovalTests.shown)
        let state = RunState.given([.started(LoopTests.pipeline), .opened]).after([.approvalRequested(plan)])
        let grant = Resolution(.approved, by: "ada", grant: "write")
        #expect(throws: Refusal.notACall("a1")) { try state.when(.resolve("a1", grant, shown: nil)) }
        #expect(throws: Refusal.notACall("a1")) {
            let no = Resolution(.rejected, by: "ada", grant: "write")
            return try ApprovalTests().waiting.when(.resolve("a1", no, shown: nil))
        }
    }
}
