import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// What a person sees on a terminal, and how they answer there.
struct TerminalTests {
    @Test func aMovingLineComesAndGoesAndTheTranscriptStays() async throws {
        try await withRehearsal { rehearsal, bench in
            let seen = try await Terminal.run([[Terminal.prompt, "y\n"]], ["--id", "r1"], in: bench)
            #expect(seen.status == 0, "\(seen)")
            #expect(seen.output.contains("\u{1b}[2mchecking the goal · iteration 0/5 · 0s · 0 tokens\u{1b}[0m"))
            let last =
                "\u{1b}[2mcalling bash_exec · iteration 1/5 · 0s · 0 tokens · last check: 'sh check.sh' exited with"
            #expect(seen.output.contains(last))
            #expect(Terminal.screen(seen.output) == Self.transcript(of: bench))
        }
    }

    @Test(arguments: [
        ([[Terminal.prompt, "n\n"]], 1, "ada did not allow the call."),
        (
            [[Terminal.prompt, "perhaps\n"], ["Answer y, a, e, n, m or l.\r\n> ", "n\n"]], 1,
            "ada did not allow the call."
        ),
        (
            [[Terminal.prompt, "m\n"], ["No, and tell the model: ", "Keep it.\n"]], 1,
            "ada did not allow the call. They say: Keep it."
        ),
        (
            [[Terminal.prompt, "m\n"], ["No, and tell the model: ", "\n"], ["> ", "n\n"]], 1,
            "ada did not allow the call."
        ),
    ])
    func noKeepsTheFile(dialogue: [[String]], status: Int, reason: String) async throws {
        try await withRehearsal { rehearsal, bench in
            let seen = try await Terminal.run(dialogue, [], in: bench)
            #expect(seen.status == status, "\(seen)")
            let events = try await bench.events().map(\.payload)
            #expect(events.contains(.callRefused("4.1", reason: reason)))
            #expect(bench.read("project/wrong.txt") != nil)
        }
    }

    /// Later, and the end of the input.
    @Test(arguments: ["l\n", "\u{4}"]) func whoeverAnswersLaterIsToldHow(keys: String) async throws {
        try await withRehearsal { rehearsal, bench in
            let seen = try await Terminal.run([[Terminal.prompt, keys]], ["--id", "r1"], in: bench)
            #expect(seen.status == 2)
            let hint = [
                "waiting for a person. Answer with one of", "  sluice approve r1 a1 --resume",
                "  sluice approve r1 a1 --reject --message 'why' --resume", "",
            ]
            #expect(
                Terminal.screen(seen.output).split(separator: "\n", omittingEmptySubsequences: false).suffix(4).map(
                    String.init
                ) == hint
            )
            #expect(RunState(replaying: try await bench.events(of: "r1")).status == .waiting)
        }
    }

    @Test func ctrlCAtAQuestionEndsTheRun() async throws {
        try await withRehearsal { rehearsal, bench in
            let seen = try await Terminal.run([[Terminal.prompt, "\u{3}"]], [], in: bench)
            #expect(seen.status == 1)
            let last = try await bench.events().last?.payload
            #expect(last == .runFinished(.aborted, reason: "Interrupted at the terminal by ada."))
            #expect(Terminal.screen(seen.output).contains("aborted  2 iterations · 0s · 0 tokens"))
        }
    }

    @Test func anAnswerFromElsewhereEndsTheQuestion() async throws {
        try await withRehearsal { rehearsal, bench in
            let process = try Terminal.start([], ["--id", "r1"], in: bench)
            await process.wait(for: Terminal.prompt)
            let answered = try await bench.sluice("approve", "r1", "a1", adding: ["USER": "bob"])
            #expect(answered.status == 0, "\(answered)")
            let seen = await process.ended()
            #expect(seen.status == 0, "\(seen)")
            let screen = Terminal.screen(seen.output)
            #expect(screen.contains("> \nanswer    a1 approved by bob\n          ✓ file_delete Deleted 'wrong.txt'.\n"))
            #expect(screen.components(separatedBy: "run r1  rehearsal").count == 2, "nothing is shown twice")
        }
    }

    @Test func theSameIsAllowedForTheRestOfTheRun() async throws {
        try await withRehearsal { rehearsal, bench in
            let dialogue = [[Terminal.prompt, "a\n"], ["'git status *': ", "*.md\n"], [Terminal.prompt, "a\n"]]
            let seen = try await Terminal.run(dialogue + [["'git status *': ", "\n"]], ["--id", "r1"], in: bench)
            #expect(seen.status == 0, "\(seen)")
            let told = "The pattern '*.md' does not stand for the 'path' of this call: {\"path\":\"wrong.txt\"}."
            #expect(Terminal.screen(seen.output).contains(told))
            let grants = try await bench.events().compactMap { event -> ToolRule? in
                guard case .approvalResolved(_, let answer) = event.payload else { return nil }
                return answer.grant
            }
            #expect(grants == [ToolRule("file_delete", exactly: ["path": "wrong.txt"])])
        }
    }

    @Test func theCallThatWasEditedIsTheOneThatIsMade() async throws {
        try await withRehearsal { rehearsal, bench in
            var bench = bench
            bench.environment["EDITOR"] = "sed -i s,wrong.txt,./wrong.txt,"
            let seen = try await Terminal.run([[Terminal.prompt, "e\n"]], ["--id", "r1"], in: bench)
            #expect(seen.status == 0, "\(seen)")
            #expect(Terminal.screen(seen.output).contains("✓ file_delete Deleted './wrong.txt'."))
        }
    }

    @Test(arguments: [
        ("", "No editor is set. Say in $VISUAL or $EDITOR which is to be started."),
        ("false", "'false' did not end well; nothing was answered."),
        ("sed -i s,{,,", "What was written is not JSON: "),
    ])
    func anEditorThatGivesNothingLeavesTheQuestion(editor: String, told: String) async throws {
        try await withRehearsal { rehearsal, bench in
            var bench = bench
            bench.environment["EDITOR"] = editor
            let seen = try await Terminal.run([[Terminal.prompt, "e\n"], ["> ", "y\n"]], ["--id", "r1"], in: bench)
            #expect(seen.status == 0, "\(seen)")
            #expect(Terminal.screen(seen.output).contains("> e\n\(told)"))
        }
    }

    @Test func longLinesAreBrokenAtWordsAndGoOnBelowTheirBeginning() async throws {
        try await withRehearsal { rehearsal, bench in
            let seen = try await Terminal.run([[Terminal.prompt, "y\n"]], ["--id", "r1"], in: bench, columns: 44)
            #expect(seen.status == 0, "\(seen)")
            let broken = """
                model     I look, note that I was here, and
                          write.
                call      file_read path="words.txt"
                call      bash_exec command="echo first >>
                          \\"$HOME/calls.log\\""
                """
            #expect(Terminal.screen(seen.output).contains(broken))
        }
    }

    @Test func coloursCanBeTurnedOff() async throws {
        try await withRehearsal { rehearsal, bench in
            var bench = bench
            bench.environment["NO_COLOR"] = "1"
            let seen = try await Terminal.run([[Terminal.prompt, "y\n"]], ["--id", "r1"], in: bench)
            #expect(!seen.output.contains("m\u{1b}") && !seen.output.contains("\u{1b}[2m"))
            #expect(Terminal.screen(seen.output) == Self.transcript(of: bench))
        }
    }

    private static func transcript(of bench: Bench) -> String {
        let file = "\(Bench.package)/Tests/Fixtures/rehearsal.transcript"
        return (bench.read(file) ?? "").replacing("ROOT", with: bench.root)
    }
}

/// A terminal on which the rehearsal is run.
enum Terminal {
    /// The end of the line above the place where an answer is typed.
    static let prompt = "[l]ater"

    /// - Parameter dialogue: What is typed when a text has appeared: `[[text, keys], …]`.
    static func run(_ dialogue: [[String]], _ words: [String], in bench: Bench, columns: Int = 120) async throws
        -> Ended
    {
        try await start(dialogue, words, in: bench, columns: columns).ended()
    }

    static func start(_ dialogue: [[String]], _ words: [String], in bench: Bench, columns: Int = 120) throws -> Running
    {
        // A question is written in two pieces, and what is typed between them is shown between them.
        let steps = dialogue.flatMap { $0[0] == prompt ? [[prompt, ""], ["> ", $0[1]]] : [$0] }
        let json = JSONValue.array(steps.map { .array($0.map(JSONValue.string)) }).jsonText
        let program = [Bench.sluice, "run", "pipeline.yaml", "--cwd", "project"] + words
        let driver = ["python3", "\(Bench.package)/Tests/Fixtures/terminal.py", "\(columns)", json]
        return try Running(driver + program, bench.environment, in: bench.root, errors: "\(bench.root)/stderr")
    }

    /// What stands on the screen at the end: lines that were erased are gone, colours are left out.
    static func screen(_ output: String) -> String {
        let lines = output.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        let left = lines.map { line in line.split(separator: "\r\u{1b}[K", omittingEmptySubsequences: false).last ?? ""
        }
        return left.joined(separator: "\n").replacing(/\u{1b}\[\d+m/, with: "")
    }
}
