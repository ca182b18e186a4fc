import NodeGate
import PipelineKit
import PipelineTesting
import Testing

/// Scripts of package.json, run by the real npm.
@Suite(.serialized, .enabled(if: GateTrial.has("npm"))) struct NpmTestGateTests {
    private func verdict(_ script: String, _ settings: JSONValue = [:]) async throws -> Verdict {
        let files = ["package.json": #"{"name": "calc", "scripts": {"test": "sh run.sh"}}"#, "run.sh": script]
        return try await GateTrial.verdict(of: NpmTestGate.self, files, settings)
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: NpmTestGate.self, files: ["package.json": #"{"scripts": {"test": "true"}}"#])
    }

    @Test(arguments: [
        ("echo fine", Verdict.Outcome.passed, "'npm run test' exited with 0."),
        ("exit 3", .failed, "'npm run test' exited with 3."),
        ("echo '# pass 2'; echo '# fail 0'", .passed, "'npm run test' exited with 0: 2 tests pass."),
        (
            "echo '# pass 2'; echo '# fail 1'; exit 1", .failed,
            "'npm run test' exited with 1: 2 tests pass and 1 fails."
        ),
        (
            "echo '# pass 2'; echo '# fail 1'", .failed,
            "'npm run test' exited with 0, although 2 tests pass and 1 fails."
        ),
        ("echo '# pass 0'; echo '# fail 0'", .failed, "'npm run test' exited with 0, and no test passed."),
        (
            "echo 'Tests:       1 failed, 2 passed, 3 total'; exit 1", .failed,
            "'npm run test' exited with 1: 2 tests pass and 1 fails."
        ),
        ("echo '      Tests  1 passed (1)'", .passed, "'npm run test' exited with 0: 1 test passes."),
        (
            "echo '  2 passing (5ms)'; echo '  3 failing'; exit 3", .failed,
            "'npm run test' exited with 3: 2 tests pass and 3 fail."
        ),
        ("kill -SEGV $$", .failed, "'npm run test' exited with 139."),
    ])
    func theExitStatusJudges(script: String, outcome: Verdict.Outcome, reason: String) async throws {
        let verdict = try await verdict(script)
        #expect(verdict.outcome == outcome)
        #expect(verdict.reason == reason, "\(verdict.details)")
    }

    @Test func aHangIsEnded() async throws {
        let files = ["package.json": #"{"scripts": {"test": "echo deep; sleep 60"}}"#]
        let failure = try await GateTrial.failure(of: NpmTestGate.self, files, ["timeout": "20s"])
        #expect(failure == Failure(.timedOut, "npm was still running after 20s and was ended. It printed last: deep"))
    }

    @Test(
        arguments: [
            ([:], "No test ran: there is no package.json with the script 'test'."),
            (["package.json": "{"], "No test ran: there is no package.json with the script 'test'."),
            (["package.json": "{}"], "No test ran: there is no package.json with the script 'test'."),
            (
                ["package.json": #"{"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}}"#],
                "No test ran: the script 'test' is the one that npm init writes."
            ),
        ] as [([String: String], String)]
    )
    func whatTestsNothingDoesNotHold(files: [String: String], reason: String) async throws {
        let verdict = try await GateTrial.verdict(of: NpmTestGate.self, files)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test func anotherScriptWithArgumentsInAnotherDirectory() async throws {
        let files = ["app/package.json": #"{"scripts": {"unit": "test 7 ="}}"#]
        let verdict = try await GateTrial.verdict(
            of: NpmTestGate.self,
            files,
            ["script": "unit", "directory": "app", "args": ["7"]]
        )
        #expect(verdict.reason == "'npm run unit' exited with 0.", "\(verdict.details)")
    }

    @Test(
        arguments: [
            ("package.json", #"{"scripts": {"test": "true"}}"#), ("test/a.js", ""), (".npmrc", "script-shell=true\n"),
            ("jest.config.js", "module.exports = {};\n"),
        ] as [(String, String?)]
    )
    func whatTheGateProtectsChangesNothing(path: String, text: String?) async throws {
        let start = ["package.json": #"{"scripts": {"test": "node test/a.js"}}"#, "test/a.js": "process.exit(1)\n"]
        let (verdict, refused) = try await GateTrial.verdict(of: NpmTestGate.self, start: start, work: [path: text])
        #expect(refused == [path])
        #expect(verdict.reason == "'npm run test' exited with 1.")
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["script": "--version"], "Field 'script' must be a script of package.json, but is '--version'."),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: NpmTestGate.self, settings) == message)
    }
}
