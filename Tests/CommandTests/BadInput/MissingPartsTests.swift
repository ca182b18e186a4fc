import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// What Sluice needs is missing or is not what it should be: files, databases, programs.
struct MissingPartsTests {
    @Test func everyMistakeOfAPipelineIsShownWhereItIs() async throws {
        try await withBench { bench in
            let file = """
                name: mine
                goal: pytst
                model: scripted/x
                limits: { iteration: 3, wall: 30 }

                """
            try bench.write(file, to: "mine.yaml")
            let diagnostics = """
                mine.yaml:2:7: error: Unknown gate 'pytst'. Did you mean 'pytest'?
                  2 | goal: pytst
                    |       ^~~~~
                mine.yaml:4:11: error: Unknown field 'iteration'. Did you mean 'iterations'?
                  4 | limits: { iteration: 3, wall: 30 }
                    |           ^~~~~~~~~
                mine.yaml:4:31: error: Field 'limits.wall' must be a time such as '90s', '30m' or '24h', but is 30. Write the unit too: '30s' or '30m'.
                  4 | limits: { iteration: 3, wall: 30 }
                    |                               ^~

                """
            for words in [["lint", "mine.yaml"], ["run", "mine.yaml", "--cwd", "project"]] {
                let ended = try await bench.start(words).ended()
                #expect(ended.errors == diagnostics)
                #expect(ended.status == 64)
            }
            #expect(bench.read(bench.database) == nil, "nothing was recorded")
        }
    }

    @Test func aFileThatCannotBeReadIsNamed() async throws {
        try await withBench { bench in
            try bench.write("name: mine", to: "mine.yaml")
            try await bench.run("chmod", "000", "mine.yaml")
            let ended = try await bench.asSomebodyElse("lint", "mine.yaml")
            #expect(ended.errors == "mine.yaml: error: Cannot read this file: it may not be read.\n")
            #expect(ended.status == 64)
        }
    }

    // MARK: - Databases

    @Test func aDatabaseThatIsNoneIsRefused() async throws {
        try await withBench { bench in
            try bench.write(String(repeating: "This is a letter. ", count: 1_000), to: "letter.db")
            let cases = [
                ("project", "The database 'ROOT/project' cannot be opened: it is a directory. Name a file with --db."),
                (
                    "letter.db",
                    "The file 'ROOT/letter.db' is not a database of Sluice: file is not a database. Use another with --db."
                ),
                (
                    "letter.db/x.db",
                    "'ROOT/letter.db/x.db' cannot be opened: Not a directory. Name another place with --db."
                ),
            ]
            for (path, sentence) in cases {
                let ended = try await bench.sluice("runs", "--db", path)
                #expect(ended.errors.replacing(bench.root, with: "ROOT") == sentence + "\n")
                #expect(ended.status == 70)
            }
            #expect(bench.read("letter.db")?.hasPrefix("This is a letter. ") == true)
        }
    }

    @Test func aDatabaseOfANewerSluiceIsRefused() async throws {
        try await withBench { bench in
            #expect(try await bench.sluice("runs").status == 0)
            try await bench.changeDatabase("PRAGMA user_version = 99")
            let ended = try await bench.sluice("runs")
            let sentence = """
                The database '\(bench.database)' was written by a newer Sluice (schema 99; this one knows 7). Use that \
                version, or another database with --db.

                """
            #expect(ended.errors == sentence)
            #expect(ended.status == 70)
        }
    }

    @Test func aDirectoryThatCannotBeWrittenIsNamed() async throws {
        try await withBench { bench in
            try await bench.run("mkdir", "-m", "555", "sealed")
            let ended = try await bench.asSomebodyElse("runs", "--db", "sealed/new/x.db")
            let sentence =
                "'\(bench.root)/sealed/new' cannot be created: Permission denied. Name another place with --db.\n"
            #expect(ended.errors == sentence)
            #expect(ended.status == 70)
        }
    }

    // MARK: - Programs

    @Test func aMissingPytestEndsTheRunWithWhatToDo() async throws {
        try await withPrograms(["git", "sh", "env", "python3"]) { bench in
            try bench.write("[]", to: "x")
            let ended = try await bench.sluice("run", "pytest", "--cwd", "project", "--model", "scripted/x")
            let python = "\(bench.root)/bin/python3"
            let reason =
                "The goal could not be checked. pytest is not installed for '\(python)'. Install it: \(python) -m pip install pytest"
            #expect(ended.status == 1)
            #expect(try await bench.events().last?.payload == .runFinished(.failed, reason: reason))
        }
    }

    @Test func aMissingGitEndsTheRunWithWhatToDo() async throws {
        try await withPrograms(["sh", "env", "python3"]) { bench in
            try bench.write("[]", to: "x")
            let ended = try await bench.sluice("run", "pytest", "--cwd", "project", "--model", "scripted/x")
            let reason =
                "The program 'git' is not installed, and snapshots are kept with it. Install it: apt-get install git"
            #expect(ended.status == 1)
            #expect(try await bench.events().last?.payload == .runFinished(.failed, reason: reason))
        }
    }

    @Test func aWorktreeNeedsARepository() async throws {
        try await withBench { bench in
            try bench.write("[]", to: "x")
            let words = ["run", "pytest", "--cwd", "project", "--model", "scripted/x", "--isolation", "worktree"]
            let ended = try await bench.start(words).ended()
            #expect(ended.status == 1)
            let reason = """
                '\(bench.project)' belongs to no git repository, so it has no worktree; use 'isolation: copy' or 'isolation: none'.
                """
            #expect(try await bench.events().last?.payload == .runFinished(.failed, reason: reason))
        }
    }

    // MARK: - Scripts

    @Test(arguments: [
        (
            nil,
            "There is no script 'script.json' in 'ROOT'. The model is named by the path of its script: 'scripted/PATH'."
        ),
        (
            "[{]",
            "The script 'script.json' cannot be read. Not valid JSON at line 1, column 3 (byte 2): expected a key in double quotes or '}', but found ']'."
        ),
        (
            #"{"replies": 3, "price": {"input": "1 USD"}}"#,
            """
            The script 'script.json' is wrong.
            price: Missing required field 'output': For tokens written.
            replies: Field 'replies' must be a list, but is 3.
            """
        ),
    ])
    func aScriptThatCannotBePlayedKeepsTheRunFromStarting(text: String?, message: String) async throws {
        try await withBench { bench in
            if let text { try bench.write(text, to: "script.json") }
            let words = ["run", "command", "--set", "command=false", "--cwd", "project"]
            let ended = try await bench.start(words + ["--model", "scripted/script.json"]).ended()
            #expect(ended.errors.replacing(bench.root, with: "ROOT") == message + "\n")
            #expect(ended.output == "")
            #expect(ended.status == 64)
            #expect(try await bench.sluice("runs").output == "There is no run yet.\n")
        }
    }

    @Test func aScriptThatIsOverEndsTheRunAndSaysSoOnce() async throws {
        try await withBench { bench in
            try bench.write("[]", to: "script.json")
            let words = ["run", "command", "--set", "command=false", "--cwd", "project", "--id", "r1"]
            let ended = try await bench.start(words + ["--model", "scripted/script.json"]).ended()
            let reason = "The script 'script.json' has 0 replies, but the model is asked for a 1st."
            #expect(ended.status == 1)
            #expect(try await bench.events().last?.payload == .runFinished(.failed, reason: reason))
            #expect(ended.output.components(separatedBy: reason).count == 2, "\(ended.output)")
            #expect(ended.lines.last?.hasPrefix("failed  1 iteration · ") == true, "\(ended.output)")
        }
    }

    @Test func anAnswerIsNotTakenWhenTheRunCouldNotGoOn() async throws {
        try await withRehearsal { rehearsal, bench in
            #expect(try await rehearsal.play(.run).status == 2)
            try await bench.run("mv", "script.json", "other.json")
            let refused = try await bench.sluice("approve", "r1", "--resume")
            let sentence = """
                There is no script 'script.json' in '\(bench.root)'. The model is named by the path of its script: \
                'scripted/PATH'.

                """
            #expect(refused.errors == sentence)
            #expect(refused.status == 64)
            #expect(RunState(replaying: try await bench.events()).pendingApprovals.count == 1)
        }
    }

    /// What a run needs may be gone when it is carried on; then the run is left as it is.
    @Test func aScriptThatIsGoneKeepsTheRunFromGoingOn() async throws {
        try await withBench { bench in
            try bench.write("[]", to: "script.json")
            let words = ["run", "command", "--set", "command=false", "--cwd", "project", "--id", "r1"]
            #expect(try await bench.start(words + ["--model", "scripted/script.json"]).ended().status == 1)
            let before = try await bench.events()
            let resumed = try await bench.sluice("resume", "r1", in: bench.project)
            let sentence = """
                There is no script 'script.json' in '\(bench.project)'. The model is named by the path of its script: \
                'scripted/PATH'.

                """
            #expect(resumed.errors == sentence)
            #expect(resumed.status == 64)
            #expect(try await bench.events() == before)
        }
    }
}

/// Hands over a bench that finds only these programs.
private func withPrograms(
    _ names: [String],
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Bench) async throws -> Void
) async throws {
    try await withBench { bench in
        try FileManager.default.createDirectory(atPath: "\(bench.root)/bin", withIntermediateDirectories: true)
        for name in names {
            let path = try await bench.run("sh", "-c", "readlink -f /usr/bin/\(name)").trimmingCharacters(in: .newlines)
            try FileManager.default.createSymbolicLink(atPath: "\(bench.root)/bin/\(name)", withDestinationPath: path)
        }
        var bench = bench
        bench.environment["PATH"] = "\(bench.root)/bin"
        try await body(bench)
    }
}

extension Bench {
    /// Runs `sluice` as a user for whom permissions count, also where the tests run as root.
    fileprivate func asSomebodyElse(_ words: String...) async throws -> Ended {
        let change = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : []
        try await run("chmod", "755", root)
        let errors = "\(root)/stderr"
        return try await Running(change + [Bench.sluice] + words, environment, in: root, errors: errors).ended()
    }
}
