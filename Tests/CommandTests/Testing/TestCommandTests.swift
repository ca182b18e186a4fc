import Foundation
import PipelineKit
import Testing

/// `sluice test`: what passes, and what is said of what does not.
struct TestCommandTests {
    static let pipeline = """
        name: fix
        goal: { gate: command, with: { command: "grep -q done state" } }
        tools: { allow: [file_read, file_write], ask: [bash_exec] }
        workspace: { sandbox: preferred }

        """

    /// A test that passes, with more members.
    static func test(_ name: String, _ more: String, end: String = "achieved", events: String = "[]") -> String {
        """
          - name: \(name)
            model: [{ calls: [{ tool: file_write, arguments: { path: state, content: done } }] }, { text: There. }]
            expect: { end: \(end), events: \(events) }
        \(more.isEmpty ? "" : "    \(more)\n")
        """
    }

    private func play(_ tests: String, _ words: String..., in bench: Bench) async throws -> Ended {
        try bench.write(Self.pipeline, to: "fix.yaml")
        try bench.write("tests:\n\(tests)", to: "fix.test.yaml")
        return try await bench.start(["test"] + words).ended()
    }

    /// What was printed, without the times.
    private func lines(_ ended: Ended) -> [String] {
        ended.output.replacing(/\(\d+\.\ds\)/, with: "(t)").split(separator: "\n").map(String.init)
    }

    @Test func aWrongExpectationSaysWhatCameInstead() async throws {
        try await withBench { bench in
            let events = "[run.started, { type: tool_call.finished, tool: file_read }]"
            let tests = [
                Self.test("holds", ""),
                Self.test("expects another end", "", end: "failed"),
                Self.test("expects another event", "", events: events),
                Self.test("misspells an event", "", events: "[tool_call.finishd]"),
                Self.test("has an answer too many", "answers: [approve]"),
            ]
            let ended = try await play(tests.joined(), in: bench)
            let expected = """
                passed  fix.test.yaml: holds  (t)
                FAILED  fix.test.yaml: expects another end  (t)
                        end: expected failed, came achieved:
                          | 'grep -q done state' exited with 0.
                FAILED  fix.test.yaml: expects another event  (t)
                        events: expected 'tool_call.finished' of the tool 'file_read' after event 1, 'run.started', came:
                          | 2 workspace.opened
                          | 3 check.started
                          | 4 check.finished
                          | 5 iteration.started
                          | 6 model.requested
                          | 7 model.replied
                          | 8 tool_call.proposed file_write
                          | 9 tool_call.started file_write
                          | 10 tool_call.finished file_write
                          | 11 model.requested
                          | 12 model.replied
                          | 13 check.started
                          | 14 check.finished
                          | 15 run.finished
                """
            #expect(Array(lines(ended).prefix(20)) == expected.split(separator: "\n").map(String.init))
            #expect(ended.output.contains("          Did you mean 'tool_call.finished'?\n"))
            #expect(ended.output.contains("        the last answer was not asked for\n"))
            #expect(ended.output.contains("5 tests in 1 file: 1 passed, 4 failed ("))
            #expect(ended.status == 1)
        }
    }

    @Test func filesAreComparedAndShown() async throws {
        try await withBench { bench in
            let files = "{ state: other, gone: there, old: { absent: true }, new: { contains: words } }"
            let test = Self.test("files", "files: { old: x }").replacing("events: []", with: "files: \(files)")
            let ended = try await play(test, in: bench)
            let expected = """
                FAILED  fix.test.yaml: files  (t)
                        file 'gone' is not there
                        file 'new' is not there
                        file 'old' is there, and was expected not to be
                        file 'state' was expected to be:
                          | other
                        and is:
                          | done
                1 test in 1 file: 0 passed, 1 failed (t).
                """
            #expect(lines(ended) == expected.split(separator: "\n").map(String.init))
        }
    }

    @Test func aQuestionWithoutAnAnswerIsShown() async throws {
        try await withBench { bench in
            let test = """
                  - name: asks
                    model: [{ calls: [{ tool: bash_exec, arguments: { command: touch state } }] }]
                    expect: { end: achieved }

                """
            let ended = try await play(test, in: bench)
            let sentence = "end: expected achieved, came waiting; it asks, and the test has no answer left:"
            #expect(ended.output.contains("        \(sentence)\n"))
            #expect(ended.output.contains("touch state"))
        }
    }

    @Test func allMistakesOfAFileAreToldAtOnceAndNothingIsPlayed() async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "fix.yaml")
            let text = """
                tests:
                  - name: one
                    modle: []
                    kill: 0
                    answers: [aprove, { approve: yes, reject: no }]
                    files: { ../x: "" }
                    expect: { end: achived }
                  - name: two
                    model: [{ txt: hello }]
                    workspace: nowhere
                    expect: { end: achieved, files: { a: {} } }

                """
            try bench.write(text, to: "fix.test.yaml")
            let ended = try await bench.sluice("test")
            let said = ended.errors.split(separator: "\n").filter { $0.contains("error:") }.map(String.init)
            #expect(
                said == [
                    "fix.test.yaml:3:5: error: Unknown field 'modle'. Did you mean 'model'?",
                    "fix.test.yaml:4:11: error: Field 'tests[0].kill' must be the number of an event, or 'each', but is 0.",
                    "fix.test.yaml:5:15: error: Field 'tests[0].answers[0]' must be approve, reject, or a mapping of one of approve, reject and answer, but is \"aprove\". Did you mean 'approve'?",
                    "fix.test.yaml:5:23: error: An answer is one of 'approve', 'reject' and 'answer'; this one is 2.",
                    "fix.test.yaml:7:20: error: Field 'tests[0].expect.end' must be one of achieved, not_achieved, waiting, aborted, failed, but is \"achived\". Did you mean 'achieved'?",
                    "fix.test.yaml:9:15: error: Unknown field 'txt'. Did you mean 'text'?",
                    "fix.test.yaml:11:42: error: A file is expected by its text, by 'contains', or as 'absent: true'.",
                ]
            )
            #expect(ended.status == 64 && ended.output == "")
            let linted = try await bench.sluice("lint", "fix.test.yaml")
            #expect(linted.errors == ended.errors && linted.status == 64)
            let json = try JSONValue(parsing: try await bench.sluice("lint", "fix.test.yaml", "--json").output)
            #expect(json["findings"]?.elements.count == said.count)
        }
    }

    @Test func aFileOfTestsIsLintedToo() async throws {
        try await withBench { bench in
            #expect(try await play(Self.test("holds", ""), in: bench).status == 0)
            let linted = try await bench.sluice("lint", "fix.test.yaml")
            #expect(linted.output == "fix.test.yaml: no mistakes.\n" && linted.status == 0)
            let normal = try await bench.sluice("lint", "fix.test.yaml", "--normal")
            #expect(normal.errors == "Option '--normal' is for pipelines, and 'fix.test.yaml' holds tests.\n")
            let other = try await bench.sluice("test", "fix.yaml")
            #expect(other.errors == "The name of a test ends in '.test.yaml', but is 'fix.yaml'.\n")
        }
    }

    @Test func whatATestNamesHasToBeThere() async throws {
        try await withBench { bench in
            let ended = try await play(Self.test("one", "workspace: nowhere"), in: bench)
            #expect(ended.errors.contains("fix.test.yaml:5:16: error: There is no directory 'nowhere'."), "\(ended)")
            try bench.write("pipeline: fxi.yaml\ntests:\n\(Self.test("one", ""))", to: "fix.test.yaml")
            let other = try await bench.sluice("test")
            let sentence = "There is no pipeline 'fxi.yaml'. Say under 'pipeline' which one is tested."
            #expect(other.errors.hasPrefix("fix.test.yaml:1:11: error: \(sentence)\n"))
        }
    }

    @Test func withoutATestThereIsNothingToPlay() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("test", "project")
            #expect(ended.errors == "There is no test in 'project': no file whose name ends in '.test.yaml'.\n")
            #expect(ended.status == 64)
            let missing = try await bench.sluice("test", "nowhere")
            #expect(missing.errors == "There is no file or directory 'nowhere'.\n")
        }
    }

    @Test func aTestThatTakesTooLongIsEnded() async throws {
        try await withBench { bench in
            try bench.write("name: slow\ngoal: { gate: command, with: { command: sleep 600 } }\n", to: "slow.yaml")
            let test = "  - name: slow\n    timeout: 20s\n    model: []\n    expect: { end: achieved }\n"
            try bench.write("tests:\n\(test)", to: "slow.test.yaml")
            let ended = try await bench.sluice("test", "slow.test.yaml")
            let sentence = "It took longer than 20s, and was ended: the last event was 3, 'check.started'."
            #expect(ended.output.contains("        \(sentence)\n"), "\(ended)")
            #expect(ended.status == 1)
        }
    }

    @Test func aRequestIsRefusedAndNamed() async throws {
        try await withBench { bench in
            let goal = "goal: { gate: command, with: { command: test -e x } }"
            let tools = "tools: { allow: [web_fetch], with: { web_fetch: { hosts: [docs.example.com] } } }"
            try bench.write("name: web\n\(goal)\n\(tools)\n", to: "web.yaml")
            let test = """
                tests:
                  - name: fetches
                    model:
                      - calls: [{ tool: web_fetch, arguments: { url: "https://docs.example.com/" } }]
                      - { expect: "there is no network in a test", calls: [], text: Then not. }
                    expect:
                      end: failed
                      reason: asked for a 3rd
                      events:
                        - type: tool_call.finished
                          contains: "'https://docs.example.com/' was not asked: there is no network in a test."

                """
            try bench.write(test, to: "web.test.yaml")
            let ended = try await bench.sluice("test", "web.test.yaml")
            #expect(ended.status == 0, "\(ended)")
        }
    }

    @Test func aKilledRunIsTakenUpByAnotherProcess() async throws {
        try await withBench { bench in
            let events = "[run.started, workspace.opened, { type: tool_call.finished, tool: file_write }, run.finished]"
            let ended = try await play(Self.test("each", "kill: each", events: events), in: bench)
            #expect(ended.status == 0, "\(ended)")
            let late = try await play(Self.test("late", "kill: 99"), in: bench)
            let sentence = "killed at event 99: no process was killed: the run has 15 events"
            #expect(late.output.contains("        \(sentence)\n"), "\(late)")
        }
    }

    @Test func whatIsExpectedIsExpectedAfterAKill() async throws {
        try await withBench { bench in
            let events = "[{ type: check.finished, contains: nowhere to be found }]"
            let ended = try await play(Self.test("killed", "kill: 9", events: events), in: bench)
            let sentence = "events: expected 'check.finished' with 'nowhere to be found' in it, came:"
            #expect(ended.output.contains("        killed at event 9: \(sentence)\n"))
            #expect(ended.output.contains(" tool_call.started file_write\n"))
            #expect(ended.status == 1)
        }
    }

    private static let whole = """
        name: fix
        env: [WORD]
        goal: { gate: command, with: { command: "cat state start | grep -qx '${env.WORD}'" } }
        tools: [file_write]
        workspace: { isolation: worktree }

        """

    /// A git repository, a directory of files and some on top, variables, a price.
    private func whole(cost: String, reason: String, iterations: Int) -> String {
        let usage = "usage: { input: 1000000, output: 500000 }"
        return """
            tests:
              - name: whole
                git: true
                workspace: begun
                files: { state: nothing }
                env: { WORD: done here }
                model:
                  price: { input: 2.00 USD, output: 10.00 USD }
                  replies:
                    - { calls: [{ tool: file_write, arguments: { path: state, content: "done " } }], \(usage) }
                    - text: Done.
                expect: { end: achieved, cost: \(cost), reason: \(reason), iterations: \(iterations) }

            """
    }

    @Test func allThatATestSaysIsMadeSoAndLookedAt() async throws {
        try await withBench { bench in
            try bench.write(Self.whole, to: "fix.yaml")
            try bench.write("here", to: "begun/start")
            try bench.write(whole(cost: "7.00 USD", reason: "exited with 0", iterations: 1), to: "fix.test.yaml")
            let ended = try await bench.sluice("test", "fix.test.yaml")
            #expect(ended.status == 0, "\(ended)")
            try bench.write(whole(cost: "7.01 USD", reason: "exited with 1", iterations: 2), to: "fix.test.yaml")
            let other = try await bench.sluice("test", "fix.test.yaml").output
            #expect(other.contains("        cost: expected 7.01 USD, came 7.00 USD\n"), "\(other)")
            #expect(other.contains("        iterations: expected 2, came 1\n"))
            #expect(other.contains("        reason: expected 'exited with 1' in it, came:\n          | '"))
            #expect(bench.read("begun/start") == "here" && bench.read("begun/state") == nil)
        }
    }

    @Test func aReportIsWrittenForOtherTools() async throws {
        try await withBench { bench in
            let tests = Self.test("holds", "") + Self.test("\"is <not> \\\"so\\\"\"", "", end: "failed")
            let ended = try await play(tests, "--junit", "report.xml", in: bench)
            #expect(ended.status == 1)
            let report = try #require(bench.read("report.xml")).replacing(/time="\d+\.\d"/, with: "time=\"t\"")
            let sentence = "end: expected failed, came achieved:"
            let failure = "<failure message=\"\(sentence)\">\(sentence)"
            let expected = """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="sluice" tests="2" failures="1" errors="0" skipped="0" time="t">
                <testsuite name="fix.test.yaml" tests="2" failures="1" errors="0" skipped="0" time="t">
                <testcase classname="fix.test.yaml" name="holds" time="t"/>
                <testcase classname="fix.test.yaml" name="is &lt;not&gt; &quot;so&quot;" time="t">\(failure)
                  | 'grep -q done state' exited with 0.</failure></testcase>
                </testsuite>
                </testsuites>

                """
            #expect(report == expected)
            let quiet = try await bench.sluice("test", "--junit", "-")
            #expect(quiet.output.hasPrefix("<?xml") && quiet.errors.contains("passed  fix.test.yaml: holds"))
        }
    }
}
