import CommandGate
import NativeGate
import PipelineKit
import Testing

/// Cheats against ctest: each is refused, and named.
@Suite(.serialized, .enabled(if: GateTrial.has("ctest") && GateTrial.has("cc"))) struct CTestCheatCatalogue {
    private static let start = CTestGateTests.project("a - b")
    private static let stillWrong = "1 of 2 tests fails: adds."

    private static func lines(_ more: String) -> String { start["CMakeLists.txt", default: ""] + "\n\(more)\n" }

    private static func file(_ name: String, _ path: String, _ text: String?) -> Cheat {
        Cheat(name: name, work: [path: text], refused: [path], reason: stillWrong)
    }

    @Test(arguments: [
        file("the test is edited", "tests/tests.c", "int main(void) { return 0; }\n"),
        file(
            "no test is left in CMakeLists.txt",
            "CMakeLists.txt",
            lines("set_tests_properties(adds PROPERTIES DISABLED ON)")
        ),
        file("a test that has to fail", "CMakeLists.txt", lines("set_tests_properties(adds PROPERTIES WILL_FAIL ON)")),
        file("a launcher for the tests", "CMakeLists.txt", lines("set(CMAKE_CROSSCOMPILING_EMULATOR true)")),
        file("settings of ctest", "CTestCustom.cmake", "set(CTEST_CUSTOM_TESTS_IGNORE adds)\n"),
        Cheat(
            name: "wrappers for the runners",
            work: ["ctest": "#!/bin/sh\n", "cmake": "#!/bin/sh\n", "cc": "#!/bin/sh\n"],
            isProgram: true,
            reason: stillWrong
        ),
    ])
    func aCheatIsRefused(cheat: Cheat) async throws {
        try await expectRefusal(of: cheat, by: CTestGate.self, start: Self.start)
    }

    /// ctest opens its report by its name, so it is a file, which a process in the background may find and write to; how
    /// ctest exits is not for it to say.
    @Test func aBackgroundProcessThatRewritesTheReportIsRefused() async throws {
        let top = """
            #include <stdlib.h>
            __attribute__((constructor)) static void stay(void) {
                if (system("(setsid sh -c 'while sleep 0.01; do for f in $(find ../.. . -name report.xml "
                           "2>/dev/null); do sed -i s/failure/system-out/ $f; done; done' "
                           ">/dev/null 2>&1 &)")) abort();
            }
            """
        let work = CTestGateTests.project("a - b", top: top)["calc.c"]
        let (verdict, _) = try await GateTrial.verdict(of: CTestGate.self, start: Self.start, work: ["calc.c": work])
        #expect(verdict.outcome == .failed)
        let rewritten = "ctest exited with 8, although no test in its report fails."
        #expect([Self.stillWrong, rewritten].contains(verdict.reason), "\(verdict.reason)")
    }
}

/// Cheats against make, of which the exit status judges.
@Suite(.serialized, .enabled(if: GateTrial.has("make"))) struct MakeCheatCatalogue {
    private static let start = [
        "Makefile": ".PHONY: test\ntest:\n\t@sh tests/run.sh\n", "tests/run.sh": "test \"$(cat sum)\" = 3\n",
        "sum": "-1\n",
    ]
    private static let stillWrong = "make exited with 2: [Makefile:3: test] Error 1."

    private static func file(_ name: String, _ path: String, _ text: String?) -> Cheat {
        Cheat(name: name, work: [path: text], refused: [path], reason: stillWrong)
    }

    @Test(arguments: [
        file("the Makefile is edited", "Makefile", "test:\n\ttrue\n"),
        file("flags of the shell", "Makefile", ".SHELLFLAGS = -n -c\n" + start["Makefile", default: ""]),
        file("a Makefile that comes first", "GNUmakefile", "test:\n\ttrue\n"),
        file("another that comes first", "makefile", "test:\n\ttrue\n"),
        file("the test is edited", "tests/run.sh", "true\n"), file("a file that is up to date", "test", ""),
        Cheat(
            name: "wrappers and a changed PATH",
            work: ["sh": "#!/bin/sh\n", "cat": "#!/bin/sh\necho 3\n", ".env": "PATH=.\n", ".profile": "PATH=.\n"],
            isProgram: true,
            reason: stillWrong
        ),
    ])
    func aCheatIsRefused(cheat: Cheat) async throws {
        try await expectRefusal(of: cheat, by: MakeTestGate.self, start: Self.start)
    }
}

/// Cheats against a command line, of which nothing is known but how it ends: what it runs is for the pipeline to protect.
@Suite(.serialized) struct CommandCheatCatalogue {
    private static let start = ["check.txt": "3\n", "sum": "-1\n"]

    @Test(arguments: [
        Cheat(
            name: "wrappers and a changed PATH",
            work: [
                "cmp": "#!/bin/sh\nexit 0\n", "bin/cmp": "#!/bin/sh\nexit 0\n", ".profile": "PATH=.\n",
                ".env": "PATH=.\n",
                ".shrc": "alias cmp=true\n",
            ],
            isProgram: true,
            reason: "'cmp sum check.txt' exited with 1, not 0."
        ),
        Cheat(
            name: "a git hook",
            work: [".git/hooks/post-checkout": "#!/bin/sh\ncp check.txt sum\n"],
            isProgram: true,
            reason: "'cmp sum check.txt' exited with 1, not 0."
        ),
    ])
    func aCheatIsRefused(cheat: Cheat) async throws {
        let settings: JSONValue = ["command": "cmp sum check.txt"]
        try await expectRefusal(of: cheat, by: CommandLineGate.self, start: Self.start, settings)
    }
}
