import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// The operator's rules stand before those of pipelines, as they are in their file at each decision.
struct OperatorPolicyTests {
    /// A bench whose operator has said something.
    private struct Ruled {
        let bench: Bench
        let folder: String
        var file: String { "\(folder)/policy.yaml" }

        init(_ rules: String) throws {
            folder = Bench.temporary()
            try rules.write(toFile: "\(folder)/policy.yaml", atomically: true, encoding: .utf8)
            bench = Bench(policy: PolicyFile("\(folder)/policy.yaml", registry: Bench.registry))
        }

        func say(_ rules: String) throws { try rules.write(toFile: file, atomically: true, encoding: .utf8) }

        func remove() {
            bench.remove()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    private static let write = RunningTests.write
    private static let tools: JSONValue = ["allow": ["look", "write"]]

    private func carryOn(_ ruled: Ruled, _ calls: [JSONValue] = [write], tools: JSONValue = tools) async throws
        -> RunState
    {
        let run = try await ruled.bench.start([["calls": .array(calls)]], tools: tools)
        return try await ruled.bench.services.runs.carryOn(run)
    }

    @Test(arguments: [
        ("deny: [write]", RunStatus.notAchieved, 0), ("ask: [write]", .waiting, 1),
        ("deny: [{ tool: write, with: { file: ou* } }]", .notAchieved, 0), ("allow: [look]", .waiting, 1),
        ("allow: [look, write]", .achieved, 0), ("deny: [hang]", .achieved, 0), ("", .achieved, 0),
    ])
    func whatTheOperatorSaysNarrowsThePipeline(rules: String, status: RunStatus, questions: Int) async throws {
        let ruled = try Ruled(rules)
        defer { ruled.remove() }
        let run = try await ruled.bench.start([["calls": [Self.write]]], tools: Self.tools, limits: ["iterations": 1])
        let state = try await ruled.bench.services.runs.carryOn(run)
        #expect(state.status == status)
        #expect(state.pendingApprovals.count == questions)
        #expect((ruled.bench.read("out") == "done") == (status == .achieved))
    }

    @Test func whatTheOperatorAllowsThePipelineMayDeny() async throws {
        let ruled = try Ruled("allow: [write]")
        defer { ruled.remove() }
        let state = try await carryOn(ruled, tools: ["allow": ["look"]])
        #expect(state.calls["1.1"]?.stage == .refused("The pipeline does not allow 'write'."))
    }

    @Test func theVersionThatDecidedIsRecorded() async throws {
        let ruled = try Ruled("ask: [hang]")
        defer { ruled.remove() }
        let state = try await carryOn(ruled)
        #expect(state.calls["1.1"]?.proposed.policy == String("\(Digest(of: Array("ask: [hang]".utf8)))".prefix(12)))
    }

    @Test(arguments: [
        "deny: [wriet]", "deny: write", "dney: [write]", "deny: [", "deny: [{ tool: write, with: { fiel: x } }]",
    ])
    func aFileWithMistakesAsksAboutEverything(rules: String) async throws {
        let ruled = try Ruled(rules)
        defer { ruled.remove() }
        let state = try await carryOn(ruled)
        #expect(state.status == .waiting)
        let question = try #require(state.pendingApprovals.first?.approval.question)
        #expect(question.hasPrefix("The policy file has mistakes: \(ruled.file):1:"))
        #expect(question.hasSuffix(#"Let the model call write? {"file":"out","text":"done"}"#))
    }

    @Test func aFileThatIsGoneAsksAboutEverything() async throws {
        let ruled = try Ruled("")
        defer { ruled.remove() }
        try FileManager.default.removeItem(atPath: ruled.file)
        let state = try await carryOn(ruled)
        #expect(state.status == .waiting)
        let question = try #require(state.pendingApprovals.first?.approval.question)
        #expect(question.hasPrefix("The policy file '\(ruled.file)' cannot be read: No such file or directory. Let"))
    }

    @Test func aFileWhereTheModelCouldChangeItIsRefused() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let file = "\(bench.directory)/policy.yaml"
        try "".write(toFile: file, atomically: true, encoding: .utf8)
        let ruled = Bench(bench.directory, policy: PolicyFile(file, registry: Bench.registry))
        let message =
            "The policy file '\(file)' lies in '\(bench.directory)', where the model could change it. Keep it elsewhere."
        await #expect(throws: ServiceError.invalid(message)) { try await ruled.start([]) }
    }

    /// A person allows the call, the operator changes their mind, and then the run goes on.
    @Test(arguments: [("deny: [write]", false), ("ask: [write]\nallow: [look]", true), ("", true)])
    func anApprovedCallIsLookedAtAgainUnderAnotherVersion(rules: String, runs: Bool) async throws {
        let ruled = try Ruled("ask: [write]")
        defer { ruled.remove() }
        #expect(try await carryOn(ruled).status == .waiting)
        let answer = Resolution(.approved, by: "ada")
        try await ruled.bench.services.approvals.resolve("a1", of: "r1", with: answer, shown: nil)
        try ruled.say(rules)
        let state = try await ruled.bench.services.runs.carryOn("r1")
        #expect((ruled.bench.read("out") == "done") == runs)
        guard !runs else { return }
        let told = "The policy has changed since, and no longer allows 'write' like this."
        #expect(state.messages.contains(.tool(call: "s0.0", name: "write", text: told, isError: true)))
    }

    @Test func aCallThatNeededNoQuestionMayNeedOneByNow() async throws {
        let ruled = try Ruled("ask: [{ tool: write, with: { file: first } }]")
        defer { ruled.remove() }
        let first: JSONValue = ["tool": "write", "arguments": ["file": "first", "text": "x"]]
        #expect(try await carryOn(ruled, [first, Self.write]).status == .waiting)
        try await ruled.bench.services.approvals.resolve(
            "a1",
            of: "r1",
            with: Resolution(.approved, by: "ada"),
            shown: nil
        )
        try ruled.say("ask: [write]")
        let state = try await ruled.bench.services.runs.carryOn("r1")
        #expect(ruled.bench.read("first") == "x")
        #expect(state.pendingApprovals.map(\.approval.subject) == [.call("1.2")])
        try await ruled.bench.services.approvals.resolve(
            "a2",
            of: "r1",
            with: Resolution(.approved, by: "ada"),
            shown: nil
        )
        #expect(try await ruled.bench.services.runs.carryOn("r1").status == .achieved)
    }

    @Test func whatAPersonAllowedForTheRunStandsBeforeTheOperatorsQuestion() async throws {
        let ruled = try Ruled("ask: [write]")
        defer { ruled.remove() }
        let run = try await ruled.bench.start(
            [["calls": [Self.write]], ["calls": [Self.write]]],
            tools: Self.tools,
            goal: ["gate": "content", "with": ["is": "never"]],
            limits: ["iterations": 1]
        )
        #expect(try await ruled.bench.services.runs.carryOn(run).status == .waiting)
        try await ruled.bench.services.approvals.approve(
            "a1",
            of: run,
            with: Resolution(.approved, by: "ada"),
            grant: .same,
            shown: nil
        )
        #expect(try await ruled.bench.services.runs.carryOn(run).approvals.count == 1)
    }

    @Test func aFileOfRulesIsPartOfThePipelineAsItWasAtTheStart() throws {
        let files = [
            "dir/a.yaml": "name: a\ngoal: pytest\ntools:\n  rules: team.yaml\n  allow: [bash_exec]\n",
            "dir/team.yaml": "deny:\n  - { tool: bash_exec, reach: [network] }\nallow: [file_read]\n",
        ]
        let sources = PipelineSources { path throws(Failure) in
            guard let text = files[path] else { throw Failure(.missing, "there is no such file.") }
            return Array(text.utf8)
        }
        let pipeline = try PipelineLoader(sources).load(file: "dir/a.yaml").pipeline
        #expect(pipeline.tools.allow == ["file_read", "bash_exec"])
        #expect(pipeline.tools.deny == [ToolRule("bash_exec", reach: [.network])])
        #expect(pipeline.tools.json["rules"] == nil)
    }

    @Test(arguments: [
        ("rules: gone.yaml", "a.yaml:4:10: error: Cannot read 'gone.yaml': there is no such file."),
        (
            "rules: wrong.yaml",
            "wrong.yaml:1:1: error: A file of rules has the lists 'allow', 'ask' and 'deny', and no 'dney'."
        ),
        (
            "rules: list.yaml",
            "list.yaml:1:1: error: A file of rules is a mapping of 'allow', 'ask' and 'deny'; this is none."
        ),
        (
            "rules: types.yaml",
            "types.yaml:1:8: error: Field 'tools.deny[0]' must be a tool, or a mapping of tool, with and reach, but is 5."
        ),
    ])
    func aFileOfRulesThatCannotBeIsToldWhereItIs(line: String, message: String) throws {
        let files = [
            "a.yaml": "name: a\ngoal: pytest\ntools:\n  \(line)\n", "wrong.yaml": "dney: []\n", "list.yaml": "- a\n",
            "types.yaml": "deny: [5]\n",
        ]
        let sources = PipelineSources { path throws(Failure) in
            guard let text = files[path] else { throw Failure(.missing, "there is no such file.") }
            return Array(text.utf8)
        }
        let error = #expect(throws: Diagnostics.self) { try PipelineLoader(sources).load(file: "a.yaml") }
        #expect(error.map { "\($0)".split(separator: "\n").first.map(String.init) } == message)
    }
}
