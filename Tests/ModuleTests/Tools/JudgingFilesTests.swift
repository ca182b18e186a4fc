import PipelineKit
import Testing
import WorkspaceKit

@testable import CommandTool

/// What a gate of a pipeline runs is not to be changed by the work that it judges.
struct JudgingFilesTests {
    private func gate(_ run: JSONValue) throws -> GateFactory {
        let declared: JSONValue = ["kind": "gate", "summary": "Judges.", "run": run]
        let found = CommandSource().modules(of: ["judge": declared], in: nil)
        #expect(found.problems == [])
        return try #require(found.gates.first).thing
    }

    @Test func whatJudgesIsProtected() throws {
        let listed = try gate(["python3", "./tools/no_todo.py", "-v", "checks"])
        #expect(listed.protection == EditPolicy(protect: ["./python3", "tools/no_todo.py"]))
        let line = try gate("cd checks && ./run.sh /usr/bin/env 'a b.txt' | tee log.txt")
        #expect(
            line.protection.protect == ["./cd", "run.sh", "b.txt", "./tee", "log.txt"]
        )
    }

    @Test(
        arguments: [
            (["sh", "judge"], "judge"),
            (["python3", "checks"], "checks/__main__.py"),
            (["python3", "./checks/"], "checks/sub/rules.txt"),
            (["python3", "tools/../judge"], "judge"),
            (["python3", "-W", "error", "checks"], "checks/__main__.py"),
            (["python3.11", "-m", "checks", "src"], "checks/__main__.py"),
            (["timeout", "60", "node", "--require", "./a.js", "judge"], "judge"),
            (["pytest", "--rules=checks/all.toml", "tests"], "checks/all.toml"),
            (["pytest", "tests/test_a.py::test_b"], "tests/test_a.py"),
            (["sh", "-c", "exec sh judge"], "judge"),
            (["bash", "-ec", "cd checks; ./run"], "run"),
            (["node", "--test", "tests/*.js"], "tests/a.js"),
            (["sh", "-c", "ls src; . judge"], "judge"),
            (["sh", "a[1].sh"], "a[1].sh"),
            (["sh", "{a,b}.sh"], "a.sh"),
            (["sh", "my judge"], "my judge"),
            (["sh", "judge\\"], "judge\\"),
        ]
    )
    func itsProgramCannotBeChanged(run: [String], file: String) throws {
        let isPlain = !run.contains { $0.contains(where: " \\".contains) }
        for run in [run.json] + (isPlain ? [.string(run.joined(separator: " "))] : []) {
            let patterns = try gate(run).protection.protect.map { text throws(Failure) in
                try GlobPattern(text)
            }
            #expect(patterns.matches(file), "\(patterns)")
            #expect(!patterns.matches("sub/other") && !patterns.matches("other.txt"))
        }
    }

    @Test(arguments: [
        ["mypy", "src"], ["python3", "check.py", "src"], ["sh", "lint", "src"], ["python3", "-m", "mypy", "src"],
        ["sh", "-c", "PYTHONPATH=src python3 check.py src | grep src"],
        ["env", "PYTHONPATH=./src:lib", "sh", "run.sh"],
        ["ruff", "check", "--config=ruff.toml", "src"],
    ])
    func whatIsJudgedMayBeChanged(run: [String]) throws {
        for text in try gate(run.json).protection.protect {
            let pattern = try GlobPattern(text)
            #expect(!pattern.matches("src/main.py"), "\(text)")
        }
    }

    @Test(arguments: [
        "[ -f a ]", "test ${x} = {", "] }{ [", "grep -rn TODO . && exit 1 || exit 0", "cat ../x * ? [!]", "a\\",
    ])
    func noLineMakesAPatternThatIsNone(line: String) throws {
        for run in [JSONValue.string(line), [.string("sh"), .string(line)], ["sh", "-c", .string(line)]] {
            for text in try gate(run).protection.protect {
                let pattern = try GlobPattern(text)
                #expect(!pattern.matches("src/main.py"))
            }
        }
    }
}
