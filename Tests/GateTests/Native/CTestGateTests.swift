import NativeGate
import PipelineKit
import PipelineTesting
import Testing

/// CMake projects, judged by the real cmake and ctest.
@Suite(.serialized, .enabled(if: GateTrial.has("ctest") && GateTrial.has("cc")))
struct CTestGateTests {
    /// `add` in C, and a test program with a test for each word.
    static func project(_ sum: String = "a + b", _ list: String = Self.list, top: String = "") -> [String: String] {
        [
            "CMakeLists.txt": """
            cmake_minimum_required(VERSION 3.20)
            project(calc C)
            enable_testing()
            add_executable(tests calc.c tests/tests.c)
            \(list)
            """,
            "calc.c": "\(top)\nint add(int a, int b) { return \(sum); }\n",
            "tests/tests.c": """
            #include <stdio.h>
            #include <string.h>
            int add(int a, int b);
            int main(int count, char **words) {
                if (strcmp(words[1], "skip") == 0) return 77;
                int sum = strcmp(words[1], "adds") == 0 ? 3 : 0;
                int got = strcmp(words[1], "adds") == 0 ? add(1, 2) : add(0, 0);
                if (got == sum) return 0;
                printf("tests.c:9: got %d, not %d\\n", got, sum);
                return 1;
            }
            """,
        ]
    }
    static let list = "add_test(NAME adds COMMAND tests adds)\nadd_test(NAME nothing COMMAND tests nothing)"

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: CTestGate.self, files: Self.project())
    }

    @Test func aPassingSuiteHolds() async throws {
        let verdict = try await GateTrial.verdict(of: CTestGate.self, Self.project())
        #expect(verdict.reason == "All 2 tests pass.", "\(verdict.details)")
        #expect(verdict.outcome == .passed)
        #expect(verdict.score == 1)
        #expect(verdict.story == ["adds: passed", "nothing: passed"])
        #expect(verdict.cases.first?.file == "CMakeLists.txt")
        #expect(verdict.cases.map(\.line) == [5, 6])
    }

    @Test func aFailingTestShowsWhatItPrinted() async throws {
        let verdict = try await GateTrial.verdict(
            of: CTestGate.self,
            Self.project(
                "a - b",
                Self.list
                    + "\nadd_test(NAME later COMMAND tests skip)\nset_tests_properties(later PROPERTIES SKIP_RETURN_CODE 77)"
                    + "\nadd_test(NAME off COMMAND tests adds)\nset_tests_properties(off PROPERTIES DISABLED TRUE)"
            )
        )
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "1 of 2 tests fails: adds; 2 are skipped.")
        #expect(verdict.story == ["adds: failed", "nothing: passed", "later: skipped", "off: skipped"])
        #expect(verdict.details == "adds\ntests.c:9: got -1, not 3\n")
        #expect(verdict.cases[2].message == "SKIP_RETURN_CODE=77")
        #expect(verdict.cases[3].message == "Disabled")
    }

    @Test func whatFailedBeforeComesFirst() async throws {
        let list =
            Self.list
            + "\nadd_test(NAME \"a.b (c) [d]|e+\" COMMAND tests adds)\nadd_test(NAME \"axb (c) [d]|e+\" COMMAND tests adds)"
        let names = ["a.b (c) [d]|e+", "adds"]
        let red = try await GateTrial.verdict(of: CTestGate.self, Self.project("a - b", list), failed: names)
        #expect(
            red.reason
                == "2 of the 2 tests that failed before still fail: adds, a.b (c) [d]|e+. The others were not run.",
            "\(red.details)"
        )
        #expect(red.outcome == .failed)
        #expect(red.score == nil)
        #expect(red.story == ["adds: failed", "a.b (c) [d]|e+: failed"])
        #expect(red.details.hasPrefix("adds\ntests.c:9: got -1, not 3\n"))
        let green = try await GateTrial.verdict(of: CTestGate.self, Self.project("a + b", list), failed: names)
        #expect(green.reason == "All 4 tests pass.")
        let other = try await GateTrial.verdict(of: CTestGate.self, Self.project("a ? a + b : 1"), failed: ["adds"])
        #expect(other.reason == "1 of 2 tests fails: nothing.")
        let gone = try await GateTrial.verdict(of: CTestGate.self, Self.project("a - b"), failed: ["gone"])
        #expect(gone.reason == "1 of 2 tests fails: adds.")
    }

    @Test func aCrashNamesItsSignal() async throws {
        let verdict = try await GateTrial.verdict(of: CTestGate.self, Self.project("*(volatile int *)0"))
        #expect(verdict.reason == "2 of 2 tests fail: adds, nothing.")
        #expect(verdict.details == "adds\nException: SegFault\n1 more fails the same way: nothing\n")
    }

    @Test func aHangNamesTheTestThatRan() async throws {
        let failure = try await GateTrial.failure(
            of: CTestGate.self,
            Self.project("({ for (;;) ; 0; })", Self.list),
            ["timeout": "40s"]
        )
        #expect(
            failure
                == Failure(.timedOut, "ctest was still running after 40s and was ended. It printed last: Start 1: adds")
        )
    }

    @Test func aTestMayHaveATimeOfItsOwn() async throws {
        let verdict = try await GateTrial.verdict(
            of: CTestGate.self,
            Self.project("({ for (;;) ; 0; })", "add_test(NAME adds COMMAND tests adds)"),
            ["args": ["--timeout", "1"]]
        )
        #expect(verdict.reason == "1 of 1 test fails: adds.")
        #expect(verdict.details == "adds\nTimeout\n")
    }

    @Test func aProjectWithoutTestsDoesNotHold() async throws {
        let verdict = try await GateTrial.verdict(of: CTestGate.self, Self.project("a + b", ""))
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "No test ran. Call enable_testing() in the top CMakeLists.txt, and add_test.")
    }

    @Test func aProgramThatWasNotBuiltIsAnError() async throws {
        let verdict = try await GateTrial.verdict(
            of: CTestGate.self,
            Self.project("a + b", Self.list + "\nadd_test(NAME gone COMMAND nowhere)")
        )
        #expect(verdict.reason == "1 of 3 tests fails: gone.")
        #expect(verdict.details == "gone\nUnable to find executable\n")
    }

    @Test func whatDoesNotCompileIsFound() async throws {
        let verdict = try await GateTrial.verdict(of: CTestGate.self, Self.project("a + c"))
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "The project does not build: 1 error in 1 file.")
        #expect(verdict.findings.map(\.place) == ["calc.c:2:36"])
        #expect(verdict.findings.map(\.message) == ["‘c’ undeclared (first use in this function)"])
        #expect(verdict.score == 0)
    }

    @Test func whatDoesNotLinkIsFound() async throws {
        let verdict = try await GateTrial.verdict(
            of: CTestGate.self,
            Self.project("nowhere(a)", top: "int nowhere(int);")
        )
        #expect(verdict.reason == "The project does not build: 1 error in 1 file.")
        #expect(verdict.findings.map(\.place) == ["calc.c:2"])
        #expect(verdict.findings.map(\.message) == ["undefined reference to `nowhere'"])
    }

    @Test func whatDoesNotConfigureIsFound() async throws {
        let verdict = try await GateTrial.verdict(
            of: CTestGate.self,
            Self.project("a", "target_link_libraries(nope x)")
        )
        #expect(verdict.reason == "The project does not configure: 1 error in 1 file.")
        #expect(verdict.findings.map(\.place) == ["CMakeLists.txt:5"])
        #expect(
            verdict.findings.map(\.message) == [
                "Cannot specify link libraries for target \"nope\" which is not built by this project."
            ]
        )
    }

    @Test func aProjectMayLieBelowTheWorkspace() async throws {
        let files = Dictionary(uniqueKeysWithValues: Self.project("a + c").map { ("native/\($0)", $1) })
        let verdict = try await GateTrial.verdict(of: CTestGate.self, files, ["directory": "native"])
        #expect(verdict.findings.map(\.place) == ["native/calc.c:2:36"])
        let other = try await GateTrial.verdict(of: CTestGate.self, files)
        #expect(
            other.reason
                == "There is no 'CMakeLists.txt' in the workspace. Write one, or name its directory with 'directory:'."
        )
        let failure = try await GateTrial.failure(of: CTestGate.self, files, ["directory": "nativ"])
        #expect(
            failure
                == Failure(.invalidInput, "The directory 'nativ' that 'directory:' names is not in the workspace.")
        )
    }

    /// The code under test is a child of ctest and knows where the report is to be.
    @Test(arguments: [
        ("(exit(0), 0)", "#include <stdlib.h>", "All 2 tests pass."),
        (
            "kill(getppid(), 9)", "#include <signal.h>\n#include <unistd.h>",
            "ctest was ended by SIGKILL before it had written its report."
        ),
        (
            "system(\"echo '<testsuite><testcase name=\\\"adds\\\" status=\\\"run\\\"/></testsuite>' > ../report.xml\"), "
                + "kill(getppid(), 9)", "#include <stdlib.h>\n#include <signal.h>\n#include <unistd.h>",
            "ctest's report leaves out 1 of the tests: nothing."
        ),
    ])
    func whatLeavesEarly(code: String, top: String, reason: String) async throws {
        let verdict = try await GateTrial.verdict(of: CTestGate.self, Self.project(code, top: top))
        withKnownIssue("A test is the exit status of its program; only the program itself could tell.") {
            #expect(verdict.outcome == .failed)
        } when: {
            code == "(exit(0), 0)"
        }
        #expect(verdict.reason == reason, "\(verdict.details)")
    }

    @Test(
        arguments: [
            ("tests/tests.c", "int main() { return 0; }\n"),
            ("tests/tests.c", nil),
            ("CTestCustom.cmake", "set(CTEST_CUSTOM_TESTS_IGNORE adds)\n"),
            ("CMakePresets.json", "{}"),
            ("CMakeLists.txt", Self.project("", "add_test(NAME adds COMMAND true)")["CMakeLists.txt"]),
            ("CMakeLists.txt", Self.project("", "add_test(NAME nothing COMMAND tests nothing)")["CMakeLists.txt"]),
            (
                "CMakeLists.txt",
                Self.project("", Self.list + "\nset_tests_properties(adds PROPERTIES WILL_FAIL TRUE)")["CMakeLists.txt"]
            ),
            (
                "CMakeLists.txt",
                Self.project("", "set(CMAKE_CROSSCOMPILING_EMULATOR true)\n" + Self.list)["CMakeLists.txt"]
            ),
        ] as [(String, String?)]
    )
    func whatTheGateProtectsChangesNothing(path: String, text: String?) async throws {
        let refused = try await GateTrial.refused(
            under: CTestGate.protection,
            start: Self.project("a - b"),
            work: [path: text]
        )
        #expect(refused == [path])
    }

    @Test func aSourceMayBeAddedAndATestDeletedIsMissed() async throws {
        let start = Self.project("a - b", "include(list.cmake)").merging(["list.cmake": Self.list]) { $1 }
        let lists = start["CMakeLists.txt", default: ""].replacing("calc.c", with: "calc.c more.c")
        let (verdict, refused) = try await GateTrial.verdict(
            of: CTestGate.self,
            start: start,
            work: [
                "CMakeLists.txt": lists.replacing(" tests/", with: " tests/"), "more.c": "int more;\n",
                "list.cmake": "add_test(NAME nothing COMMAND tests nothing)\n",
            ]
        )
        #expect(refused == ["CMakeLists.txt"])
        #expect(verdict.reason == "The test 'adds' was there at the start and is gone.")
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (
                ["args": ["--show-only=human"]],
                "Field 'args' must not hold '--show-only=human': the gate itself sets it."
            ),
            (["cmake_args": ["-B", "x"]], "Field 'cmake_args' must not hold '-B': the gate itself sets it."),
            (["jobs": 0], "Field 'jobs' must be from 1 to 256, but is 0."),
            (
                ["directory": "../x"],
                "Field 'directory' must be a directory of the workspace, relative to it, but is '../x'."
            ),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: CTestGate.self, settings) == message)
    }
}

extension Verdict.Finding {
    /// `calc.c:2:36`.
    var place: String {
        [file, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
    }
}
