import Foundation
import Testing

/// A command line that cannot be meant is told what is wrong with it, what would be right, and exits with 64.
struct UsageTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var words: [String]
        var message: String
        var testDescription: String { words.joined(separator: " ") }

        /// - Parameter words: Separated by spaces; `~` stands for one within a word.
        init(_ words: String, _ message: String) {
            self.words = words.split(separator: " ").map { String($0).replacing("~", with: " ") }
            self.message = message
        }
    }

    @Test(arguments: words + values + runs + names) func aMistakeIsNamed(mistake: Mistake) async throws {
        try await withBench { bench in
            try bench.write("name: half", to: "project/half.txt")
            try bench.write("[]", to: "x")
            let ended = try await bench.start(mistake.words).ended()
            #expect(ended.errors.replacing(bench.root, with: "ROOT") == mistake.message + "\n")
            #expect(ended.output == "")
            #expect(ended.status == 64)
            #expect(!FileManager.default.fileExists(atPath: bench.state + "/worktrees"))
        }
    }

    @Test func noCommandAtAllShowsThemAll() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice()
            let help = try await bench.sluice("help").output
            #expect(ended.errors == help)
            #expect(ended.status == 64)
        }
    }

    private static let words = [
        Mistake("frobnicate", "There is no command 'frobnicate'. 'sluice help' lists them."),
        Mistake("help rn", "There is no command 'rn'. Did you mean 'run'? 'sluice help' lists them."),
        Mistake("rn", "There is no command 'rn'. Did you mean 'run'? 'sluice help' lists them."),
        Mistake(
            "runs --jsn",
            "Unknown option '--jsn'. Did you mean '--json'?\nSee 'sluice runs --help'."
        ),
        Mistake(
            "runs -x",
            "Unknown option '-x'. Options are written in full, with two dashes.\nSee 'sluice runs --help'."
        ),
        Mistake(
            "run --cwd",
            """
            Option '--cwd' takes a value: The directory to work on.
            See 'sluice run --help'.
            """
        ),
        Mistake("version now", "'sluice version' takes no 'now'.\nSee 'sluice version --help'."),
        Mistake(
            "cancel",
            "'sluice cancel' needs RUN: The run, or the first letters of its name.\nSee 'sluice cancel --help'."
        ),
        Mistake(
            "rollback",
            "Missing option '--to': The iteration to whose end the files are set back; 0 is the start."
        ),
        Mistake("modules list pytest", "'sluice modules' takes 'show NAME', but was given 'list pytest'."),
    ]

    private static let values = [
        Mistake("run pytest --iterations many", #"Option '--iterations' must be a whole number, but is "many"."#),
        Mistake("run pytest --model m/x --iterations 0", "Option '--iterations' must be from 1 to 10000, but is 0."),
        Mistake("run pytest --model gpt", "Option '--model' must be a model such as 'openai/gpt-5.2', but is 'gpt'."),
        Mistake(
            "run pytest --cost 5",
            #"Option '--cost' must be an amount of money such as '2.50 USD' or '5USD', but is "5"."#
        ),
        Mistake(
            "run pytest --isolation clone",
            #"Option '--isolation' must be one of none, worktree, copy, but is "clone"."#
        ),
        Mistake("run pytest --set target", "Option '--set' takes name=value, but is 'target'."),
        Mistake("runs --limit 0", "Option '--limit' must be from 1 to 100000, but is 0."),
        Mistake(
            "runs --status done",
            """
            Option '--status' must be one of running, waiting, achieved, not_achieved, aborted, failed, but is "done".
            """
        ),
        Mistake("gc --keep 5", #"Option '--keep' must be a time such as '90s', '30m' or '24h', but is "5"."#),
    ]

    private static let runs = [
        Mistake(
            "run pytest --cwd nowhere",
            "There is no directory 'ROOT/nowhere'. Give the project's directory with --cwd."
        ),
        Mistake(
            "run pytest --cwd project/half.txt",
            "'ROOT/project/half.txt' is a file. Give the project's directory with --cwd."
        ),
        Mistake(
            "run pytest",
            "The pipeline names no model. Add 'model: provider/name' to it, or give --model."
        ),
        Mistake(
            "run pytest --model opnai/gpt",
            "There is no model provider 'opnai'. Did you mean 'openai'? There are: anthropic, command, google, openai, scripted."
        ),
        Mistake(
            "run pytest --model scripted/none.json",
            "There is no script 'none.json' in 'ROOT'. The model is named by the path of its script: 'scripted/PATH'."
        ),
        Mistake(
            "run pytest --model scripted/project",
            "The script 'project' in 'ROOT' cannot be read. The model is named by the path of its script: 'scripted/PATH'."
        ),
        Mistake(
            "run pytest --model openai/gpt-5.2",
            "There is no key for 'api.openai.com': set the environment variable OPENAI_API_KEY, or run 'sluice key set openai'."
        ),
        Mistake(
            "run pytest --model scripted/x --allow bash_exe",
            "Option '--allow': there is no tool 'bash_exe'. Did you mean 'bash_exec'?"
        ),
        Mistake(
            "run pytest --model scripted/x --id A1",
            "A run cannot be named 'A1'. Use up to 64 lower-case letters, digits and dashes."
        ),
        Mistake(
            "run pytest --model scripted/x --set target=tests",
            "Unknown input 'target'. The pipeline 'pytest' has none."
        ),
        Mistake(
            "run command --model scripted/x",
            "Input 'command' has no default and must be given. The command line that has to succeed, such as 'make test'."
        ),
        Mistake(
            "run pytest --model scripted/x --cost=5.00~USD",
            """
            The price of 'scripted/x' is not known, so the limit of 5.00 USD cannot be kept. Give input_price and \
            output_price under 'providers: scripted:', write the model into prices.yaml, leave 'limits.cost' out, or \
            set 'limits.allow_unknown_price: true' (--allow-unknown-price).
            """
        ),
    ]

    private static let names = [
        Mistake(
            "run pytets --model scripted/x",
            """
            There is no built-in pipeline 'pytets'. Did you mean 'pytest'? There are: ai-eval, bench-compare, command, \
            coverage, fix-ci, fix-lint, generate-eval, perf-check, plan-approve-build, prompt, pytest, refactor, \
            refactor-by-review, reproduce-bug, review, swarm, task, upgrade-dependency. The name of a goal does it, too \
            ('sluice modules' lists them). A file is named with its ending: 'pytets.yaml'.
            """
        ),
        Mistake("lint none.yaml", "none.yaml: error: Cannot read this file: there is no such file."),
        Mistake("modules show pytets", "There is no module 'pytets'. Did you mean 'pytest'?"),
        Mistake("show r1", "There is no run 'r1'. 'sluice runs' lists them."),
        Mistake("show", "There is no run yet. Start one: sluice run pytest --model PROVIDER/MODEL"),
        Mistake("verify project/none.jsonl", "The file 'ROOT/project/none.jsonl' cannot be read as text."),
        Mistake("init --cwd nowhere", "There is no directory 'ROOT/nowhere'. Give the project's directory with --cwd."),
        Mistake("init --file a/b.yaml", "'ROOT/a/b.yaml' cannot be written: No such file or directory."),
    ]
}
