import Foundation
import PipelineKit
import Testing

/// Commands that tell of the program itself and of what is around it.
struct InformationTests {
    static let commands = [
        "run", "resume", "approve", "cancel", "runs", "show", "events", "diff", "rollback", "cost", "report", "replay",
        "compare", "verify",
        "lint", "graph", "test", "schema", "modules", "init", "new", "generate-eval", "apply", "fork", "doctor", "gc",
        "serve",
        "mcp", "acp",
        "watch",
        "key",
        "bench", "bench-models",
        "version",
    ]

    @Test func theOverviewNamesEveryCommand() async throws {
        try await withBench { bench in
            let help = try await bench.sluice("help")
            #expect(help.status == 0)
            let listed = help.lines.filter { $0.hasPrefix("  ") }.compactMap {
                $0.split(separator: " ").first.map(String.init)
            }
            #expect(listed == Self.commands)
            for word in ["--help", "-h"] { #expect(try await bench.sluice(word).output == help.output) }
        }
    }

    @Test(arguments: commands) func everyCommandHasAPage(name: String) async throws {
        try await withBench { bench in
            let page = try await bench.sluice(name, "--help")
            #expect(page.status == 0)
            #expect(page.output.contains("\n\nsluice \(name)"))
            #expect(try await bench.sluice("help", name).output == page.output)
            #expect(!FileManager.default.fileExists(atPath: bench.state), "asking for help makes nothing")
        }
    }

    @Test func optionsAreShownWithTheirDefaults() async throws {
        try await withBench { bench in
            let page = """
                Prints the history of a run, one event a line.

                sluice events [RUN] [OPTIONS]

                  RUN        The run, or the first letters of its name; the newest when left out.
                  --after N  Only events after this one. Default: 0.
                  --json     Print one event a line, as JSON; 'sluice verify' reads that.
                  --db FILE  Path of the database.

                """
            let shown = try await bench.sluice("events", "--help")
            #expect(shown.output == page)
        }
    }

    @Test func everyOptionShowsWhatItTakes() async throws {
        try await withBench { bench in
            let run = """
                Starts a pipeline on a project and carries it on until it ends or waits for a person.

                sluice run [PIPELINE] [OPTIONS]

                  PIPELINE                          A built-in pipeline or goal such as 'pytest', or a file; else sluice.yaml, or what is found there.
                  --cwd DIR                         The directory to work on. Default: '.'.
                  --model PROVIDER/MODEL            The model that works; of several, with commas between, each stands in for those before it.
                  --set NAME=VALUE                  A value for one of the pipeline's inputs, or of a goal's settings, as name=value; may be given again.
                  --allow TOOL                      A tool to allow without a question; may be given again.
                  --isolation none|worktree|copy    Where the model works.
                  --sandbox off|preferred|required  Whether commands are confined: off, preferred or required.
                  --network deny|allow|HOSTS        What confined commands may reach: deny, allow, or hosts with commas between, such as docs.example.com.
                  --iterations N                    How many iterations at most.
                  --cost MONEY                      Money at most, such as '2.50 USD'.
                  --allow-unknown-price             Ask a model whose price nobody knows although there is a limit of cost.
                  --id NAME                         A name for the run; else one is made up.
                  --record FILE                     Write what the model said into this file when the run ends or waits; 'scripted/FILE' plays it again.
                  --replace                         With '--record': write over a file that is there.
                  --watch                           Run again whenever files of the project change, until Ctrl-C.
                  --policy FILE                     The rules of the operator of this machine, which stand before those of pipelines.
                  --db FILE                         Path of the database.
                  --json                            Print one event a line, as JSON.

                """
            #expect(try await bench.sluice("run", "--help").output == run)
            let resume = try await bench.sluice("resume", "--help").lines
            #expect(resume.contains("  --wall DURATION  Time at most, from now on, such as 30m."))
            #expect(resume.contains("  --tokens TOKENS  Tokens at most, from now on, such as 400k."))
        }
    }

    /// `TEXT` is for words that are passed on, and for nothing else.
    @Test(arguments: commands) func noOptionTakesJustAnyText(name: String) async throws {
        try await withBench { bench in
            let texts = try await bench.sluice(name, "--help").lines.filter { $0.contains(" TEXT ") }
            #expect(
                texts.allSatisfy { line in
                    ["message", "reason", "instructions", "answer"].contains { line.hasPrefix("  --\($0) TEXT") }
                }
            )
        }
    }

    @Test func theVersionIsOneLine() async throws {
        try await withBench { bench in
            let version = try await bench.sluice("version").output
            #expect(version.wholeMatch(of: /sluice \d+\.\d+\.\d+\n/) != nil)
            #expect(try await bench.sluice("--version").output == version)
        }
    }

    @Test func modulesDescribeThemselves() async throws {
        try await withBench { bench in
            let list = try await bench.sluice("modules").lines
            #expect(
                list.contains("gates") && list.contains("tools") && list.contains("providers")
                    && list.contains("sources")
            )
            let names = list.filter { $0.hasPrefix("  ") }.compactMap {
                $0.split(separator: " ").first.map(String.init)
            }
            for name in names {
                let page = try await bench.sluice("modules", "show", name)
                #expect(page.output.contains(" \(name)"))
            }
            let page = try await bench.sluice("modules", "show", "file_delete").output
            #expect(page.hasPrefix("tool file_delete\n\nDeletes a file or an empty directory of the workspace.\n"))
            let example = "\n\nExample\n  tools: { allow: [file_delete] }  # called with {\"path\":\"notes.txt\"}\n"
            #expect(page.hasSuffix(example), "\(page)")
        }
    }

    @Test func aNewPipelineLintsAndStays() async throws {
        try await withBench { bench in
            let wrote = try await bench.sluice("init", "--cwd", "project", "--file", "mine.yaml")
            let file = "\(bench.project)/mine.yaml"
            let nothing = "Found nothing that says how this is tested: the goal is for you to fill in.\n"
            #expect(wrote.output == nothing + "Wrote \(file). Look through it, then: sluice run mine.yaml\n")
            #expect(try await bench.sluice("lint", "project/mine.yaml").output == "project/mine.yaml: no mistakes.\n")
            try bench.write("# mine now\n", to: "project/mine.yaml")
            let again = try await bench.sluice("init", "--cwd", "project", "--file", "mine.yaml")
            #expect(again.errors == "'\(file)' is there already; it stays as it is.\n")
            #expect(again.status == 64)
            #expect(bench.read(file) == "# mine now\n")
        }
    }

    @Test func theNormalFormLintsToItself() async throws {
        try await withBench { bench in
            let normal = try await bench.sluice("lint", "pytest", "--normal").output
            #expect(try JSONValue(parsing: normal)["goal"]?["gate"] == "pytest")
            try bench.write(normal, to: "normal.yaml")
            #expect(try await bench.sluice("lint", "normal.yaml", "--normal").output == normal)
        }
    }

    @Test func theDoctorTriesWhatIsNeeded() async throws {
        try await withBench { bench in
            let well = try await bench.sluice("doctor")
            #expect(well.status == 0, "\(well)")
            let kinds = ["git", "python", "ripgrep", "sandbox", "database", "model", "policy"]
            #expect(well.lines.map { $0.dropFirst(6).prefix(10).trimmingCharacters(in: .whitespaces) } == kinds)
            #expect(well.lines[0].wholeMatch(of: /ok    git         git version .*/) != nil)
            let key = """
                There is no key for 'api.openai.com': set the environment variable OPENAI_API_KEY, or run \
                'sluice key set openai'.
                """
            #expect(well.lines[5] == "note  model       \(key)")
            #expect(well.lines[3] == "ok    sandbox     commands can be confined")
            #expect(well.lines[4] == "ok    database    \(bench.database), no run yet")

            let local = try await bench.sluice("doctor", adding: ["OPENAI_BASE_URL": "http://localhost:1/v1"])
            #expect(local.lines[5] == "ok    model       'openai/gpt-5.2' has what it needs; nobody asked it yet")
            let ill = try await bench.sluice("doctor", "--db", "project", adding: ["PATH": bench.root])
            #expect(ill.status == 1)
            #expect(ill.lines[0].hasPrefix("no    git         "))
            #expect(ill.lines[4].hasSuffix("it is a directory. Name a file with --db."))
        }
    }
}
