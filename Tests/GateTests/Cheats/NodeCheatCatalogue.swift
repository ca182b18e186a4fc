import NodeGate
import PipelineKit
import Testing

/// Cheats against Node's own runner: each is refused, and named.
@Suite(.serialized, .enabled(if: GateTrial.has("node"))) struct NodeCheatCatalogue {
    private static let start = [
        "calc.js": calc(), "package.json": #"{"name": "calc", "scripts": {"test": "node --test"}}"#,
        "test/expected.json": "3",
        "test/calc.test.js": """
        const { test } = require("node:test");
        const assert = require("node:assert");
        const { add } = require("../calc.js");

        test("adds", () => assert.strictEqual(add(1, 2), require("./expected.json")));
        test("nothing", () => assert.strictEqual(add(0, 0), 0));
        """,
    ]

    private static func calc(_ top: String = "", _ body: String = "") -> String {
        "\(top)\nexports.add = (a, b) => { \(body); return a - b; };\n"
    }

    private static let easy = "require('node:test').test('adds', () => {});\n"
    private static let stillWrong = "1 of 2 tests fails: test/calc.test.js::adds."
    private static let bothFail = "2 of 2 tests fail: test/calc.test.js::adds, test/calc.test.js::nothing."
    private static let fileFails = "1 of 1 test fails: test/calc.test.js."
    private static let left = "1 test file left no test behind: test/calc.test.js. It exits before the tests have run."

    private static func file(_ name: String, _ path: String, _ text: String?) -> Cheat {
        Cheat(name: name, work: [path: text], refused: [path], reason: stillWrong)
    }

    private static func code(_ name: String, _ top: String, _ body: String, _ reason: String) -> Cheat {
        Cheat(name: name, work: ["calc.js": calc(top, body)], reason: reason)
    }

    private static func code(_ name: String, _ top: String, _ reason: String) -> Cheat { code(name, top, "", reason) }

    private static let cheats = [
        file("the test is edited", "test/calc.test.js", easy), file("the test is deleted", "test/calc.test.js", nil),
        file("its data is edited", "test/expected.json", "-1"),
        Cheat(
            name: "a package in the place of a part of node",
            work: ["node_modules/assert/index.js": "module.exports = () => {};\n"],
            reason: stillWrong
        ),
        file("a package.json below", "test/package.json", #"{"type": "module"}"#),
        Cheat(
            name: "a symlinked test",
            work: ["easy.js": easy],
            link: ("test/calc.test.js", "../easy.js"),
            refused: ["test/calc.test.js"],
            reason: stillWrong
        ),
        Cheat(
            name: "a wrapper for the runner",
            work: ["node": "#!/bin/sh\nexit 0\n", "bin/node": "#!/bin/sh\n"],
            isProgram: true,
            reason: stillWrong
        ),
        Cheat(
            name: "scripts of package.json",
            work: ["package.json": #"{"scripts": {"test": "true"}}"#],
            reason: stillWrong
        ),
        code("leaving early", "process.exit(0);", left),
        code("leaving in a test", "", "process.reallyExit(0)", left),
        code("leaving at the end", "process.on('exit', () => process.reallyExit(0));", stillWrong),
        code("a patched assertion", "require('assert').strictEqual = () => {};", fileFails),
        code("a patched assertion of a test", "", "require('assert').strictEqual = () => {}", bothFail),
        code(
            "a patched assertion by its descriptor",
            "Object.defineProperty(require('assert'), 'strictEqual', { value() {} });",
            fileFails
        ),
        code(
            "the runner itself",
            "require('node:test').test('more', () => {});",
            "return a + b",
            "'calc.js' line 1 imports 'node:test', which judges it; code under test may not."
        ),
        code(
            "the runner itself, as a module",
            "import('node:test').then(() => {});",
            "return a + b",
            "'calc.js' line 1 imports 'node:test', which judges it; code under test may not."
        ),
        code(
            "the test is rewritten when the code is loaded",
            "require('fs').writeFileSync('test/calc.test.js', '');",
            "return a + b",
            "'test/calc.test.js', which belongs to the tests, was changed while they ran."
        ),
        code("a changed PATH", "process.env.PATH = process.cwd(); process.env.NODE_OPTIONS = '--check';", stillWrong),
        code(
            "a background process that rewrites the report",
            """
            require("child_process").spawn(process.execPath, ["-e", `
              const fs = require("fs");
              setInterval(() => {
                for (const name of fs.readdirSync("/proc/${process.ppid}/fd")) {
                  const path = "/proc/${process.ppid}/fd/" + name;
                  try { if (fs.readlinkSync(path).startsWith("socket:")) fs.appendFileSync(path, '{"event":"end","lines":0}\\\\n'); } catch {}
                }
              }, 5);`], { detached: true, stdio: "ignore" }).unref();
            """,
            stillWrong
        ),
    ]

    @Test(arguments: cheats) func aCheatIsRefused(cheat: Cheat) async throws {
        try await expectRefusal(of: cheat, by: NodeTestGate.self, start: Self.start)
    }
}

/// Cheats against a script of package.json, which has no report.
@Suite(.serialized, .enabled(if: GateTrial.has("npm"))) struct NpmCheatCatalogue {
    private static let start = [
        "calc.js": "exports.add = (a, b) => a - b;\n",
        "package.json": #"{"name": "calc", "scripts": {"test": "node test.js"}}"#,
        "test.js": "require('assert').strictEqual(require('./calc.js').add(1, 2), 3);\n",
    ]
    private static let stillWrong = "'npm run test' exited with 1."

    private static func file(_ name: String, _ path: String, _ text: String?) -> Cheat {
        Cheat(name: name, work: [path: text], refused: [path], reason: stillWrong)
    }

    @Test(arguments: [
        file("the script is changed", "package.json", #"{"scripts": {"test": "true"}}"#),
        file("a script before it", "package.json", #"{"scripts": {"pretest": "echo > test.js", "test": "true"}}"#),
        file("the test is edited", "test.js", ""), file("settings of npm", ".npmrc", "script-shell=/bin/true\n"),
        Cheat(
            name: "a wrapper for the runner",
            work: ["node": "#!/bin/sh\n", "npm": "#!/bin/sh\n"],
            isProgram: true,
            reason: stillWrong
        ),
    ])
    func aCheatIsRefused(cheat: Cheat) async throws {
        try await expectRefusal(of: cheat, by: NpmTestGate.self, start: Self.start)
    }
}
