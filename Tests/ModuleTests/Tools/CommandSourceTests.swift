import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

@testable import CommandTool

/// Programs that a pipeline declares as its tools and gates.
@Suite struct CommandSourceTests {
    private static let wordCount: JSONValue = [
        "summary": "Counts the words of a file.",
        "arguments": [
            "path": ["type": "string", "help": "The file."],
            "least": ["type": "integer", "default": 1, "help": "Letters that a word has at least."],
        ],
        "run": ["python3", "-c", .string(count)],
        "reach": ["reads"],
    ]

    private static let count = """
        import json, sys
        given = json.load(sys.stdin)
        words = [w for w in open(given["path"]).read().split() if len(w) >= given["least"]]
        print(json.dumps({"text": f"{len(words)} words"}))
        """

    private func tool(_ declaration: JSONValue) throws -> ToolFactory {
        let found = CommandSource().modules(of: ["word_count": declaration], in: nil)
        #expect(found.problems == [])
        return try #require(found.tools.first).thing
    }

    private func gate(_ declaration: JSONValue) throws -> GateFactory {
        let found = CommandSource().modules(of: ["no_todo": declaration], in: nil)
        #expect(found.problems == [])
        return try #require(found.gates.first).thing
    }

    private func call(_ run: JSONValue, _ arguments: JSONValue = [:]) async throws -> ToolOutput {
        let tool = try tool(["summary": "Does it.", "run": run]).make([:])
        return try await withTemporaryWorkspace { try await tool.call(arguments, ToolContext(workspace: $0)) }
    }

    private func failure(_ run: JSONValue) async throws -> String? {
        await #expect(throws: Failure.self) { _ = try await call(run) }?.message
    }

    // MARK: - Tools

    @Test func aProgramIsAToolAsGoodAsAnyOther() async throws {
        try await expectConformance(
            of: tool(Self.wordCount),
            arguments: ["path": "a.txt"],
            files: ["a.txt": "one two three\n"]
        )
    }

    @Test func itReadsItsArgumentsWithTheirDefaults() async throws {
        let tool = try tool(Self.wordCount).make([:])
        try await withTemporaryWorkspace(["a.txt": "a bb ccc\n"]) { workspace in
            let context = ToolContext(workspace: workspace)
            let all = try await tool.call(["path": "a.txt"], context)
            let long = try await tool.call(["path": "a.txt", "least": 2], context)
            #expect([all.text, long.text] == ["3 words", "2 words"])
        }
    }

    @Test func theModelIsToldOfItAsOfAnyOther() throws {
        let tool = try tool(Self.wordCount)
        #expect(tool.reach == [.reads])
        #expect(tool.specification.name == "word_count")
        #expect(
            tool.specification.arguments == [
                "type": "object", "additionalProperties": false, "required": ["path"],
                "properties": [
                    "path": ["type": "string", "description": "The file."],
                    "least": [
                        "type": "integer", "default": 1, "description": "Letters that a word has at least.",
                    ],
                ],
            ]
        )
    }

    @Test func textThatIsNoReplyIsWhatTheModelReads() async throws {
        #expect(try await call("echo hello") == ToolOutput("hello\n", exitCode: 0))
        #expect(try await call("echo '{\"text\": 1}'") == ToolOutput("{\"text\": 1}\n", exitCode: 0))
        #expect(try await call("true") == ToolOutput("[Nothing was printed.]", exitCode: 0))
        let said = try await call("echo '{\"text\": \"no such word\", \"is_error\": true}'")
        #expect(said == ToolOutput("no such word", exitCode: 0, isError: true))
    }

    @Test func oneMeansThatTheCallFailedAndAnythingElseThatTheProgramDid() async throws {
        let failed = try await call("echo out; echo why >&2; exit 1")
        #expect(failed == ToolOutput("out\nwhy", exitCode: 1, isError: true))
        #expect(try await call("exit 1") == ToolOutput("The call failed.", exitCode: 1, isError: true))
        let program = "The program of tool 'word_count', "
        #expect(
            try await failure("echo oops >&2; exit 3") == program
                + "'echo oops >&2; exit 3', is at fault: it exited with 3:\noops"
        )
        #expect(try await failure("kill -SEGV $$") == program + "'kill -SEGV $$', is at fault: it exited with 139.")
        #expect(try await failure(["/no/such/program"]) == "The program '/no/such/program' does not exist.")
    }

    @Test func oneThatHangsOrFloodsIsEnded() async throws {
        let slow = try tool(["summary": "Waits.", "run": "sleep 600", "timeout": "100ms"]).make([:])
        let flood = try tool(["summary": "Floods.", "run": "yes | head -c 50000000", "max_output": "1 kB"]).make([:])
        try await withTemporaryWorkspace { workspace in
            let context = ToolContext(workspace: workspace)
            let late = await #expect(throws: Failure.self) { _ = try await slow.call([:], context) }
            #expect(late?.message == "'sleep 600' was still running after 100ms and was ended.")
            let output = try await flood.call([:], context)
            #expect(output.text.utf8.count < 1_100 && output.text.contains("49999000 bytes left out"))
        }
    }

    @Test func itSeesNoVariablesButThoseItNames() async throws {
        setenv("SLUICE_TEST_SHOWN", "yes", 1)
        let run: JSONValue = "echo ${SLUICE_TEST_SHOWN-no}"
        #expect(try await call(run).text == "no\n")
        let tool = try tool(["summary": "Shows.", "run": run, "environment": ["SLUICE_TEST_SHOWN"]]).make([:])
        try await withTemporaryWorkspace { workspace in
            let shown = try await tool.call([:], ToolContext(workspace: workspace)).text
            #expect(shown == "yes\n")
        }
    }

    @Test func itIsConfinedAsItsWorkspaceIs() async throws {
        try await Cell.with { cell in
            let look = try tool(["summary": "Looks.", "run": .string("cat '\(cell.outside)/secret'; exit 1")]).make([:])
            let output = try await look.call([:], ToolContext(workspace: cell.workspace))
            #expect(output.text.contains("No such file or directory"))
        }
    }

    // MARK: - Gates

    private static let noTodo = """
        import json, os, sys
        word = json.load(sys.stdin)["word"]
        found = [n for n in sorted(os.listdir(".")) if word in open(n).read()]
        print(json.dumps({"passed": not found, "reason": f"{len(found)} files hold {word}.", "score": 0.0 if found else 1.0,
            "findings": [{"message": f"There is a {word}.", "file": n, "line": 1} for n in found],
            "cases": [{"id": n, "outcome": "failed"} for n in found], "metrics": {"files": len(found)}}))
        sys.exit(1 if found else 0)
        """

    private func declaration(_ run: JSONValue) -> JSONValue {
        ["kind": "gate", "summary": "Passes when no TODO is left.", "run": run]
    }

    @Test func aProgramIsAGateAsGoodAsAnyOther() async throws {
        let settings: JSONValue = ["word": ["default": "TODO", "help": "What may not be there."]]
        let json = declaration(["python3", "-c", .string(Self.noTodo)]).members.merging(["arguments": settings]) { $1 }
        let gate = try gate(.object(json))
        let passed = try await expectConformance(of: gate, files: ["a.txt": "done\n"])
        #expect(passed.holds && passed.score == 1 && passed.metrics == ["files": 0])
        let failed = try await expectConformance(of: gate, files: ["a.txt": "TODO\n"])
        #expect(failed.outcome == .failed && failed.reason == "1 files hold TODO." && failed.score == 0)
        #expect(failed.cases == [TestCase("a.txt", .failed)])
        #expect(failed.findings == [Verdict.Finding(.error, "There is a TODO.", file: "a.txt", line: 1)])
        let other = try await expectConformance(of: gate, settings: ["word": "FIXME"], files: ["a.txt": "TODO\n"])
        #expect(other.holds)
    }

    private func verdict(_ line: String) async throws -> Verdict {
        let gate = try gate(declaration(.string(line))).make([:])
        return try await withTemporaryWorkspace { workspace in
            try await gate.judge(workspace, in: GateContext(scratch: { "/tmp" }))
        }
    }

    private func noAnswer(_ line: String) async throws -> String? {
        await #expect(throws: Failure.self) { _ = try await verdict(line) }?.message
    }

    @Test func withoutAVerdictTheStatusDecides() async throws {
        #expect(try await verdict("echo fine") == Verdict(.passed, "'no_todo' exited with 0.", details: "fine"))
        #expect(
            try await verdict("echo bad; echo worse >&2; exit 1")
                == Verdict(.failed, "'no_todo' exited with 1.", details: "bad\nworse")
        )
    }

    @Test func whatIsNoAnswerIsNoYes() async throws {
        let cannot = "The verdict of gate 'no_todo' cannot be used: "
        #expect(
            try await noAnswer("echo '{\"passed\": true, \"reason\": \"Fine.\"}'; exit 1")
                == cannot + "it says 'passed: true', but the program exited with 1."
        )
        #expect(
            try await noAnswer("echo '{\"passed\": false, \"reason\": \"Bad.\"}'")
                == cannot + "it says 'passed: false', but the program exited with 0."
        )
        #expect(
            try await noAnswer("echo '{\"passed\": true'")
                == cannot
                + "Not valid JSON at line 2, column 1 (byte 16): expected ',' or '}', but found the end of the document."
        )
        #expect(
            try await noAnswer(#"echo '{"pased": true, "reason": "", "score": 2}'"#)
                == cannot + "Unknown field 'pased'. Did you mean 'passed'?"
        )
        let lie = #"{"passed": true, "reason": "Fine.", "cases": [{"id": "a", "outcome": "failed"}]}"#
        #expect(
            try await noAnswer("echo '\(lie)'")
                == cannot + "Field 'passed' must be false, as the case 'a' did not pass."
        )
        #expect(
            try await noAnswer("exit 2") == "The program of gate 'no_todo', 'exit 2', is at fault: it exited with 2."
        )
    }

    // MARK: - Mistakes

    @Test func allMistakesAreToldWhereTheyStand() throws {
        var registry = Registry()
        registry.add(CommandSource())
        let text = """
            name: n
            goal: missing_gate
            commands:
              no_todo: { kind: gate, summary: Passes., run: x, reach: [reads] }
              word count: { summary: Counts., run: [x] }
              empty: { summary: " ", run: x, timeout: 2h, reach: [], max_output: 10 B }
              odd:
                summary: Odd.
                run: x
                protect: [a]
                arguments:
                  a: strng
                  b: { type: integer, choices: [x] }
                  c: { type: integer, default: many }
                  d-e: string
              none: { run: 1 }
            tools: []

            """
        do throws(Diagnostics) {
            _ = try PipelineLoader(PipelineSources(read: PipelineSources.disk), registry: registry)
                .load(text, file: "a.yaml")
            Issue.record("It was taken.")
        } catch {
            let told = error.all.map { "\($0.place?.line ?? 0): \($0.message)" }
            #expect(
                told == [
                    "2: Unknown gate 'missing_gate'. 'sluice modules' lists what there is.",
                    "4: Field 'no_todo.reach' is for tools: a gate is not called.",
                    """
                    5: 'word count' cannot be the name of a tool: letters, digits, '_' and '-', 64 of them at most.
                    """,
                    "6: Field 'empty.summary' must say what it does, but is empty.",
                    "6: Field 'empty.timeout' must be more than nothing and at most 1h, but is 2h.",
                    "6: Field 'empty.reach' must name something, but is empty.",
                    "6: Field 'empty.max_output' must be at least 1 kB, but is 10 B.",
                    """
                    12: Field 'odd.arguments.a' must be one of string, integer, number, boolean, list, mapping, any, but is \
                    "strng". Did you mean 'string'?
                    """,
                    "13: Field 'odd.arguments.b.choices' is for texts, and not for integer.",
                    "14: Field 'odd.arguments.c.default' must be a whole number, but is \"many\".",
                    "16: Missing required field 'summary': One sentence about what it does; the model reads it.",
                    """
                    16: Field 'none.run' must be a command line, or a list of a program and its arguments, but is 1.
                    """,
                ]
            )
        }
    }

    @Test func aNameIsGivenOnce() throws {
        var registry = Registry()
        registry.add(CommandSource())
        var pipeline = Pipeline()
        pipeline.commands = ["one": ["summary": "One.", "run": "true"]]
        let (once, none) = registry.including(pipeline, in: nil)
        #expect(none.problems == [] && once.tools["one"] != nil)
        let (_, twice) = once.including(pipeline, in: nil)
        #expect(
            twice.problems == [
                FieldProblem(
                    FieldPath([.key("commands"), .key("one")]),
                    "There is a tool named 'one' already. Give this one another name.",
                    in: .key
                )
            ]
        )
    }
}
