import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import LintersGate

enum SARIFExamples {
    /// After the examples of https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html, appendix K.
    static let log = #"""
        {"version": "2.1.0", "$schema": "sarif-schema-2.1.0.json", "runs": [{
          "tool": {"driver": {"name": "Scan", "rules": [
            {"id": "S1", "defaultConfiguration": {"level": "error"}, "messageStrings": {"default": {"text": "'{0}' is {1}."}}},
            {"id": "S2"}]}},
          "originalUriBaseIds": {"SRC": {"uri": "src/"}},
          "invocations": [{"executionSuccessful": true}],
          "results": [
            {"ruleIndex": 0, "message": {"id": "default", "arguments": ["x", "unused"]}, "locations": [{"physicalLocation":
              {"artifactLocation": {"uri": "a%20b.c", "uriBaseId": "SRC"}, "region": {"startLine": 3, "startColumn": 5}}}]},
            {"ruleId": "S2", "message": {"text": "No level is a warning."}, "locations": [{"physicalLocation":
              {"artifactLocation": {"uri": "c.c"}}}]},
            {"ruleId": "S2", "level": "error", "message": {"text": "Seen."}, "suppressions": [{"kind": "inSource"}]},
            {"ruleId": "S2", "kind": "pass", "message": {"text": "All is well."}},
            {"ruleId": "S2", "level": "none", "message": {"text": "No matter."}}]}]}
        """#
}

/// Reports of scanners, written by a command or lying there.
@Suite(.serialized) struct SARIFGateTests {
    private func check(_ settings: JSONValue, _ files: [String: String] = [:]) async throws -> Verdict {
        try await linted(SARIFGate.self, files, settings)
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(
            of: SARIFGate.self,
            settings: ["report": ["a.sarif"]],
            files: ["a.sarif": SARIFExamples.log]
        )
    }

    @Test func resultsAreFindingsWithPlacesLevelsAndRules() async throws {
        let verdict = try await check(["report": ["*.sarif"]], ["out/a.sarif": SARIFExamples.log])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "The report 'out/a.sarif' finds 2 findings in 2 files; 1 more is suppressed by comments."
        )
        #expect(
            verdict.details == """
                src/a b.c:3:5: error: 'x' is unused. [S1]
                c.c: warning: No level is a warning. [S2]

                """
        )
        #expect(verdict.metrics == ["findings": 2, "errors": 1, "suppressed_findings": 1])
    }

    @Test func levelMostAndSuppressionsSayWhatIsAllowed() async throws {
        let files = ["a.sarif": SARIFExamples.log]
        let errors = try await check(["report": ["a.sarif"], "level": "error"], files)
        #expect(errors.reason == "The report 'a.sarif' finds 1 error in 1 file; 1 more is suppressed by comments.")
        let some = try await check(["report": ["a.sarif"], "most": 2], files)
        #expect(some.outcome == .passed)
        let all = try await check(["report": ["a.sarif"], "suppressions": "refuse"], files)
        #expect(all.reason == "The report 'a.sarif' finds 3 findings in 2 files.")
    }

    @Test func theCommandWritesWhereTheVariableSays() async throws {
        let empty = #"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Scan"}}, "results": []}]}"#
        let verdict = try await check(["command": "cp in.json $SLUICE_REPORT"], ["in.json": empty])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason == "'cp in.json $SLUICE_REPORT' finds nothing.")
    }

    @Test func aReportFromBeforeTheCommandIsNotRead() async throws {
        let empty = #"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Scan"}}, "results": []}]}"#
        let verdict = try await check(["command": "true", "report": ["a.sarif"]], ["a.sarif": empty])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason == """
                'true' exited with 0, but wrote no SARIF report: nothing new matches 'a.sarif', and $SLUICE_REPORT is \
                empty; 1 report from before it is not read.
                """
        )
        let none = try await check(["report": ["a.sarif", "b.sarif"]])
        #expect(none.reason == "There is no SARIF report in the workspace: nothing matches 'a.sarif', 'b.sarif'.")
    }

    @Test(arguments: [
        (
            #"{"version": "2.1.0", "runs": []}"#,
            "The report '$SLUICE_REPORT' cannot be taken. It holds no run of a tool."
        ),
        (
            #"{"version": "1.0.0", "runs": []}"#,
            "The report '$SLUICE_REPORT' cannot be taken. It is no SARIF log: it has no 'version' 2.1.0, or no 'runs'."
        ),
        (
            #"{"version": "2.1.0", "runs": [{"invocations": [{"executionSuccessful": false, "toolExecutionNotifications": [{"message": {"text": "No licence."}}]}]}]}"#,
            "The report '$SLUICE_REPORT' cannot be taken. The tool says that it could not check: No licence."
        ),
    ])
    func aReportThatCannotBeTakenIsNoVerdict(log: String, message: String) async throws {
        await #expect(throws: Failure(.unavailable, message)) {
            try await check(["command": "cat in.json > $SLUICE_REPORT"], ["in.json": log])
        }
    }

    @Test(arguments: [
        ("exit 5", Failure.Kind.unavailable, "'exit 5' could not check (exit status 5): it printed nothing."),
        ("kill -SEGV $$", .unavailable, "'kill -SEGV $$' was ended by SIGSEGV."),
        (
            "mkfifo $SLUICE_REPORT", .invalidInput,
            "The report '$SLUICE_REPORT' is no regular file of at most 67108864 bytes."
        ),
        ("sleep 600", .timedOut, "'sleep 600' was still running after 2s and was ended."),
    ])
    func aScannerThatBreaksIsNoVerdict(command: String, kind: Failure.Kind, message: String) async throws {
        await #expect(throws: Failure(kind, message)) {
            try await check(["command": .string(command), "timeout": "2s"])
        }
    }

    @Test func aReportFromBeforeTheRunDoesNotCountWhereAFreshOneIsAskedFor() async throws {
        let old = #"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Scan"}}, "results": []}]}"#
        let settings: JSONValue = ["report": ["*.sarif"], "fresh": true]
        let left = try await GateTrial.verdict(
            of: SARIFGate.self,
            ["a.sarif": old, "b.c": "new"],
            settings,
            before: ["a.sarif": old]
        )
        #expect(left.outcome == .failed)
        #expect(
            left.reason == """
                The report 'a.sarif' is what it was at the start of the run, so it does not count. Write it anew; where it \
                would say the same, give its run another 'automationDetails.guid'.
                """
        )
        let files = ["a.sarif": old + "\n"]
        let anew = try await GateTrial.verdict(of: SARIFGate.self, files, settings, before: ["a.sarif": old])
        #expect(anew.reason == "The report 'a.sarif' finds nothing.")
        #expect(try await GateTrial.verdict(of: SARIFGate.self, files, settings, before: [:]).holds)
    }

    @Test func aSettingThatNamesNoReportIsRefused() throws {
        let read = try SARIFGate.Settings(json: [:])
        let message = "Field 'report' must name the reports when there is no 'command' to write them."
        #expect(throws: Failure(.invalidInput, message)) { try SARIFGate(settings: read) }
    }
}
