import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import LintersGate

/// What ESLint prints, after its documentation; and what is said where it is not installed.
struct ESLintGateTests {
    /// By a program that prints what ESLint would.
    @Test func keepsTheGatesPromises() async throws {
        let report = #"[{"filePath": "/p/a.js", "messages": [], "suppressedMessages": []}]"#
        try await withProgram("echo '\(report)'") { program in
            try await expectConformance(
                of: ESLintGate.self,
                settings: ["program": .string(program)],
                files: ["a.js": "let x = 1\n"]
            )
        }
    }

    @Test(.enabled(if: Programs.find("eslint") != nil)) func theRealOneFindsWhatItsConfigurationSays() async throws {
        let configuration = "module.exports = [{ rules: { 'no-undef': 'error' } }];\n"
        let verdict = try await linted(ESLintGate.self, ["a.js": "x();\n", "eslint.config.cjs": configuration])
        #expect(verdict.findings.first?.rule == "no-undef")
        #expect(verdict.findings.first?.file == "a.js")
    }

    private func verdict(
        _ output: String,
        errors: String = "",
        status: Int,
        level: Threshold = .error
    ) throws -> Verdict {
        let finished = Finished(
            output: CappedOutput(bytes: Array(output.utf8)),
            errors: CappedOutput(bytes: Array(errors.utf8)),
            status: status,
            elapsed: .zero
        )
        let end = LinterEnd(name: "eslint", status: status, finished: finished)
        return try ESLintReport.verdict(end, level: level) { $0.replacing("/p/", with: "") }
    }

    /// https://eslint.org/docs/latest/use/formatters/#json.
    private static let report = """
        [{"filePath": "/p/a.js", "messages": [
            {"ruleId": "no-undef", "severity": 2, "message": "'y' is not defined.", "line": 2, "column": 5},
            {"ruleId": "eqeqeq", "severity": 1, "message": "Expected '==='.", "line": 1, "column": 7}],
          "suppressedMessages": [{"ruleId": "no-console", "severity": 2, "message": "No.", "line": 9, "column": 1,
            "suppressions": [{"kind": "directive", "justification": ""}]}],
          "errorCount": 1, "fatalErrorCount": 0, "warningCount": 1},
         {"filePath": "/p/b.js", "messages": [
            {"ruleId": null, "fatal": true, "severity": 2, "message": "Parsing error: Unexpected token", "line": 1, "column": 3}],
          "suppressedMessages": [], "errorCount": 1, "fatalErrorCount": 1, "warningCount": 0}]
        """

    @Test func findingsHaveTheirPlacesAndRules() throws {
        let verdict = try verdict(Self.report, status: 1)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "ESLint finds 2 errors in 2 files; 1 more is suppressed by comments.")
        #expect(
            verdict.details == """
                b.js:1:3: error: Parsing error: Unexpected token
                a.js:2:5: error: 'y' is not defined. [no-undef]
                a.js:1:7: warning: Expected '==='. [eqeqeq]

                """
        )
        #expect(verdict.metrics == ["findings": 3, "errors": 2, "files": 2, "suppressed_findings": 1])
    }

    @Test func codeWithoutFindingsHolds() throws {
        let verdict = try verdict(#"[{"filePath": "/p/a.js", "messages": [], "suppressedMessages": []}]"#, status: 0)
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason == "ESLint finds nothing (1 file checked).")
    }

    @Test func warningsAreWhatTheLevelAndTheExitStatusSay() throws {
        let report =
            #"[{"filePath": "/p/a.js", "messages": [{"ruleId": "x", "severity": 1, "message": "m", "line": 1}]}]"#
        #expect(
            try verdict(report, status: 0).reason
                == "ESLint finds no more than 1 warning in 1 file (1 file checked)."
        )
        #expect(try verdict(report, status: 0, level: .warning).reason == "ESLint finds 1 warning in 1 file.")
        #expect(
            try verdict(report, status: 1).reason == "ESLint does not pass the project for 1 warning in 1 file."
        )
    }

    @Test func noFileIsNoPass() throws {
        let words = "Oops! Something went wrong! :(\n\nNo files matching the pattern \".\" were found.\n"
        #expect(
            try verdict("", errors: words, status: 2).reason
                == "ESLint checked no file: it found none in the workspace."
        )
        #expect(
            try verdict("[]", status: 0).reason == "ESLint checked no file: it found none in the workspace."
        )
    }

    @Test func aConfigurationThatIsNotThereIsNoVerdict() throws {
        let words = "Oops! Something went wrong! :(\n\nESLint: 9.39.1\n\nESLint couldn't find an eslint.config file.\n"
        #expect(
            throws: Failure(
                .invalidInput,
                "eslint could not check (exit status 2): Oops! Something went wrong! :( ESLint: 9.39.1 "
                    + "ESLint couldn't find an eslint.config file."
            )
        ) { try verdict("", errors: words, status: 2) }
        #expect(
            throws: Failure(
                .unavailable,
                "The report of eslint cannot be read. Not valid JSON at line 1, column 1 (byte 0): expected a value, but found 'Oops'."
            )
        ) { try verdict("Oops", status: 0) }
    }

    @Test func anESLintThatIsNotThereSaysHowToInstallIt() async throws {
        try await withTemporaryWorkspace(["a.js": ""]) { workspace in
            let gate = try ESLintGate(settings: ESLintGate.Settings(json: ["directory": "."]))
            try #require(Programs.find("eslint") == nil)
            await #expect(
                throws: Failure(
                    .missing,
                    """
                    'eslint' was not found: not in './node_modules/.bin/eslint' in '\(workspace.path)', \
                    'node_modules/.bin/eslint' in '\(workspace.path)', PATH. Install it: npm install --save-dev eslint
                    """
                )
            ) { () async throws in
                _ = try await gate.judge(workspace, in: GateContext(scratch: { "/" }))
            }
        }
    }

    @Test func theConfigurationIsProtected() {
        #expect(ESLintGate.protection.protect.contains("**/eslint.config.*"))
        #expect(ESLintGate.protection.sections == [ProtectedSection(file: "package.json", word: "eslint")])
    }
}
