import PipelineKit
import Testing

@testable import MutationGate

/// A project in JavaScript whose tests Node runs.
@Suite(.enabled(if: GateTrial.has("node"))) struct NodeMutationTests {
    private func judge(_ assertions: String) async throws -> Verdict {
        let start = ["calc.js": "\n"]
        let work = """
            // fees: n < 3 is `free`
            exports.fee = (n) => {
              if (/^[0-9]+ < "x"$/.test(n)) return 0;
              if (n < 3) return 0;
              return n * 2;
            };
            """
        let tests = """
            const { test } = require("node:test");
            const assert = require("node:assert");
            const { fee } = require("../calc.js");
            test("fee", () => { \(assertions) });
            """
        let files = ["calc.js": work, "test/calc.test.js": tests]
        return try await GateTrial.verdict(
            of: MutationGate.self,
            files,
            ["command": "node --test test/calc.test.js"],
            before: start
        )
    }

    /// The regular expression stays as it is, whatever it holds.
    @Test func aStrongSuiteKillsAllButWhatNobodyReaches() async throws {
        let verdict = try await judge("assert.deepEqual([fee(2), fee(3)], [0, 6])")
        #expect(verdict.reason == "The tests kill 5 of 6 mutants of the changed lines, 83.3 %, of which 80 % must be.")
        #expect(
            verdict.details == "calc.js:3:40: warning: `if (/^[0-9]+ < \"x\"$/.test(n)) return 0;` became "
                + "`if (/^[0-9]+ < \"x\"$/.test(n)) return 1;`, and the tests still pass [constant]\n"
        )
    }

    @Test func aWeakSuiteIsToldWhatItMisses() async throws {
        let verdict = try await judge("assert.equal(fee(5), 10)")
        #expect(
            verdict.reason
                == "The tests kill 2 of 6 mutants of the changed lines, 33.3 %, not the 80 % that must be: they miss "
                + "those at calc.js:3, calc.js:4."
        )
        #expect(verdict.findings.map(\.line) == [3, 4, 4, 4])
    }
}
