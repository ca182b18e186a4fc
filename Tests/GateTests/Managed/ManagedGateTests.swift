import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import ManagedGate

/// Runners of the JVM and of .NET, in whose place a script writes their report.
@Suite(.serialized) struct ManagedGateTests {
    private static let report = """
        <testsuite name="com.example.CalcTest" tests="2" errors="0" skipped="0" failures="1">
          <testcase name="adds" classname="com.example.CalcTest" time="0.012"/>
          <testcase name="divides" classname="com.example.CalcTest" time="0.001">
            <failure message="expected: 2" type="org.opentest4j.AssertionFailedError">expected: 2
        \tat com.example.Calc.divide(Calc.java:4)
        \tat com.example.CalcTest.divides(CalcTest.java:12)</failure>
          </testcase>
        </testsuite>
        """
    private static let green = """
        <testsuite name="com.example.CalcTest"><testcase name="adds" classname="com.example.CalcTest"/></testsuite>
        """

    private static let tree = [
        "pom.xml": "<project/>", "build.gradle": "", "src/test/java/com/example/CalcTest.java": "class CalcTest {}",
        "good.xml": green, "bad.xml": report, "target/surefire-reports/TEST-old.xml": report,
    ]

    /// Judges with a script in the place of the runner; what it is told it prints.
    private func verdict<G: Gate>(
        of gate: G.Type,
        _ script: String,
        _ files: [String: String] = Self.tree,
        _ settings: JSONValue = [:]
    ) async throws -> Verdict {
        var verdict: Verdict?
        try await withProgram("echo \"$*\"\n\(script)") { path async throws in
            let members = settings.members.merging(["program": .string(path)]) { $1 }
            verdict = try await GateTrial.verdict(of: gate, files, .object(members))
        }
        return try #require(verdict)
    }

    /// A script that writes the report as Maven does.
    private func maven(_ report: String, _ rest: String = "exit 0") -> String {
        "mkdir -p target/surefire-reports; cp \(report) target/surefire-reports/TEST-com.example.CalcTest.xml; \(rest)"
    }

    /// The same as Gradle does, told by the script of the gate.
    private func gradle(_ report: String, _ rest: String = "exit 0") -> String {
        "mkdir -p $SLUICE_REPORTS/_test; cp \(report) $SLUICE_REPORTS/_test/TEST-com.example.CalcTest.xml; \(rest)"
    }

    @Test func mavenKeepsTheGatesPromises() async throws {
        try await withProgram(maven("good.xml")) { path async throws in
            let settings: JSONValue = ["program": .string(path)]
            try await expectConformance(of: MavenGate.self, settings: settings, files: Self.tree)
        }
    }

    @Test func gradleKeepsTheGatesPromises() async throws {
        try await withProgram(gradle("good.xml")) { path async throws in
            let settings: JSONValue = ["program": .string(path)]
            try await expectConformance(of: GradleGate.self, settings: settings, files: Self.tree)
        }
    }

    @Test func dotNetKeepsTheGatesPromises() async throws {
        try await withProgram("exit 0") { path async throws in
            let settings: JSONValue = ["program": .string(path)]
            try await expectConformance(of: DotNetTestGate.self, settings: settings, files: Self.tree)
        }
    }

    @Test func reportsOfMavenAreJudged() async throws {
        let good = try await verdict(of: MavenGate.self, maven("good.xml"))
        #expect(good.reason == "The 1 test passes.", "\(good.details)")
        let bad = try await verdict(of: MavenGate.self, maven("bad.xml", "exit 1"))
        #expect(bad.reason == "1 of 2 tests fails: com.example.CalcTest::divides.")
        #expect(bad.story == ["com.example.CalcTest::adds: passed", "com.example.CalcTest::divides: failed"])
        #expect(bad.cases[1].file == "src/test/java/com/example/CalcTest.java")
        #expect(bad.cases[1].line == 12)
        #expect(bad.cases[0].seconds == 0.012)
    }

    @Test func reportsOfGradleAreJudged() async throws {
        let good = try await verdict(of: GradleGate.self, gradle("good.xml"))
        #expect(good.reason == "The 1 test passes.", "\(good.details)")
        let bad = try await verdict(of: GradleGate.self, gradle("bad.xml", "exit 1"))
        #expect(bad.reason == "1 of 2 tests fails: com.example.CalcTest::divides.")
        #expect(bad.cases[1].line == 12)
    }

    @Test func reportsOfDotNetAreJudged() async throws {
        let passed = TRXReportTests.result("t1", "Calc.Tests.CalcTests.Adds", "Passed")
        let failed = TRXReportTests.result("t2", "Divides", "Failed", TRXReportTests.failure)
        let files = ["good.trx": TRXReportTests.report(passed), "bad.trx": TRXReportTests.report(passed + failed)]
        let script = { (report: String) in
            "while [ $1 != --results-directory ]; do shift; done; mkdir -p $2; cp \(report) $2/report_1.trx; "
        }
        let good = try await verdict(of: DotNetTestGate.self, script("good.trx") + "exit 0", files)
        #expect(good.reason == "The 1 test passes.", "\(good.details)")
        let bad = try await verdict(of: DotNetTestGate.self, script("bad.trx") + "exit 1", files)
        #expect(bad.reason == "1 of 2 tests fails: Calc.Tests.CalcTests::Divides.")
        #expect(bad.cases[1].file == "/p/CalcTests.cs")
        let lie = try await verdict(of: DotNetTestGate.self, script("bad.trx") + "exit 0", files)
        #expect(
            lie.reason == "dotnet exited with 0, although its report has failing tests: Calc.Tests.CalcTests::Divides."
        )
        let crash = """
            <RunInfos><RunInfo outcome="Error"><Text>The active test run was aborted. Reason: crashed</Text></RunInfo></RunInfos>
            """
        let cut = ["cut.trx": TRXReportTests.report(passed, crash, summary: "Failed")]
        #expect(
            try await verdict(of: DotNetTestGate.self, script("cut.trx") + "exit 1", cut).reason
                == "dotnet exited with 1 before all tests had run: The active test run was aborted. Reason: crashed"
        )
    }

    @Test func runnersAreToldHowToRun() async throws {
        let settings: JSONValue = ["offline": true, "args": ["-Pci"]]
        let maven = try await verdict(of: MavenGate.self, "exit 9", Self.tree, settings)
        #expect(
            maven.details == "--batch-mode --fail-at-end -Dstyle.color=never --offline -Pci test\n",
            "\(maven.details)"
        )
        let gradle = try await verdict(of: GradleGate.self, "cat $2; exit 9", Self.tree, settings)
        #expect(
            gradle.details.contains("--no-daemon --no-build-cache --console=plain --continue --offline -Pci test\n")
        )
        #expect(gradle.details.hasSuffix(GradleGate.script))
        let dotnet = try await verdict(of: DotNetTestGate.self, "exit 9", Self.tree, settings)
        #expect(dotnet.details.hasPrefix("test --nologo --logger trx;LogFilePrefix=report --results-directory "))
        #expect(dotnet.details.hasSuffix("/results --no-restore -Pci\n"))
    }

    /// The last report lies in the tree; nobody wrote it in this session.
    @Test func aReportThatLayThereCountsForNothing() async throws {
        let verdict = try await verdict(of: MavenGate.self, "exit 0")
        #expect(verdict.reason == "No test ran.")
        #expect(!verdict.holds)
    }

    @Test func exitStatusAndReportMustAgree() async throws {
        let lie = try await verdict(of: MavenGate.self, maven("bad.xml"))
        #expect(
            lie.reason == "mvn exited with 0, although its report has failing tests: com.example.CalcTest::divides."
        )
        let quiet = try await verdict(of: GradleGate.self, gradle("good.xml", "exit 1"))
        #expect(quiet.reason == "gradle exited with 1, although no test in its report fails.")
        let killed = try await verdict(of: MavenGate.self, "kill -KILL $$")
        #expect(killed.reason == "mvn was ended by SIGKILL, and no test ran.")
        let cut = try await verdict(of: GradleGate.self, gradle("pom.xml", "echo '<a' > $SLUICE_REPORTS/_test/b.xml"))
        #expect(cut.reason == "gradle exited with 0, but its report 'b.xml' cannot be read: Line 1: unclosed token.")
    }

    @Test func whatDoesNotCompileIsFound() async throws {
        let maven = try await verdict(
            of: MavenGate.self,
            "echo \"[ERROR] $PWD/src/main/java/Calc.java:[3,12] cannot find symbol\"; exit 1"
        )
        #expect(maven.reason == "The project does not build: 1 error in 1 file.")
        #expect(maven.findings.map(\.place) == ["src/main/java/Calc.java:3:12"])
        let dotnet = try await verdict(
            of: DotNetTestGate.self,
            "echo \"$PWD/Calc.cs(3,12): error CS0103: The name 'x' does not exist [$PWD/calc.csproj]\"; exit 1"
        )
        #expect(dotnet.findings.map(\.description) == ["Calc.cs:3:12: error: The name 'x' does not exist [CS0103]"])
    }

    @Test func whatCannotBeFetchedIsNoVerdict() async throws {
        let words = "[ERROR] Plugin a:b:1 or one of its dependencies could not be resolved: Cannot access central"
        let message = "mvn has not got what the project needs, and could not fetch it: \(words)"
        await #expect(throws: Failure(.missing, message)) {
            _ = try await verdict(of: MavenGate.self, "echo '\(words)'; exit 1")
        }
    }

    @Test(.enabled(if: GateTrial.has("mvn"))) func theRealMavenWithoutItsPluginsGivesNoVerdict() async throws {
        let pom = """
            <project>
              <modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>calc</artifactId>
              <version>1</version>
            </project>
            """
        try await withTemporaryWorkspace { place in
            let args = ["-Dmaven.repo.local=\(place.path)/repository"].map(JSONValue.string)
            let settings: JSONValue = ["offline": true, "args": .array(args)]
            let failure = try await GateTrial.failure(of: MavenGate.self, ["pom.xml": pom], settings)
            #expect(failure?.kind == .missing)
            let words = "mvn has not got what the project needs, and could not fetch it: [ERROR] Plugin "
            #expect(failure?.message.hasPrefix(words) == true, "\(failure?.message ?? "a verdict")")
        }
    }

    @Test func aHangIsEnded() async throws {
        await #expect(
            throws: Failure(.timedOut, "gradle was still running after 8s and was ended. It printed last: deep")
        ) {
            _ = try await verdict(of: GradleGate.self, "echo deep; sleep 600", Self.tree, ["timeout": "8s"])
        }
    }

    @Test func theTreeItselfStaysAsItIs() async throws {
        let files = Self.tree
        try await withProgram(maven("good.xml", "rm -r src; exit 0")) { path async throws in
            let gate = try MavenGate(settings: MavenGate.Settings(json: ["program": .string(path)]))
            try await withTemporaryWorkspace(files) { workspace in
                let before = try FileTree(workspace.path)
                let verdict = try await withTemporaryWorkspace { scratch in
                    try await gate.judge(workspace, in: GateContext(scratch: { scratch.path }))
                }
                #expect(verdict.holds)
                #expect(try FileTree(workspace.path) == before)
            }
        }
    }

    @Test func aDirectoryWithoutAProjectDoesNotHold() async throws {
        let maven = try await verdict(of: MavenGate.self, "exit 0", [:])
        #expect(
            maven.reason
                == "There is no 'pom.xml' in the workspace. Write one, or name its directory with 'directory:'."
        )
        let gradle = try await verdict(of: GradleGate.self, "exit 0", ["app/a": ""], ["directory": "app"])
        #expect(
            gradle.reason
                == "There is no 'build.gradle' or 'build.gradle.kts' in 'app'. "
                + "Write one, or name its directory with 'directory:'."
        )
    }

    @Test(.enabled(if: !GateTrial.has("gradle"))) func aGradleThatIsNotThereIsNamed() async throws {
        let words = "'gradle' was not found: not in PATH. Install it: https://gradle.org/install"
        #expect(try await GateTrial.failure(of: GradleGate.self, Self.tree) == Failure(.missing, words))
    }

    @Test(.enabled(if: !GateTrial.has("mvn"))) func aMavenThatIsNotThereIsNamed() async throws {
        let words =
            "'mvn' was not found: not in PATH. Install it: "
            + "https://maven.apache.org/install.html or apt-get install maven"
        #expect(try await GateTrial.failure(of: MavenGate.self, Self.tree) == Failure(.missing, words))
    }

    @Test(.enabled(if: !GateTrial.has("dotnet"))) func aDotNetThatIsNotThereIsNamed() async throws {
        let words =
            "'dotnet' was not found: not in PATH. Install it: https://learn.microsoft.com/dotnet/core/install/linux"
        #expect(try await GateTrial.failure(of: DotNetTestGate.self, Self.tree) == Failure(.missing, words))
    }

    @Test func settingsThatCannotBeAreRefused() throws {
        let early: JSONValue = ["timeout": "0s"]
        let words = "Field 'timeout' must be longer than 0s."
        #expect(try GateTrial.refusal(of: MavenGate.self, early) == words)
        #expect(try GateTrial.refusal(of: GradleGate.self, early) == words)
        #expect(try GateTrial.refusal(of: DotNetTestGate.self, early) == words)
        #expect(
            try GateTrial.refusal(of: MavenGate.self, ["args": ["-DskipTests=true"]])
                == "Field 'args' must not hold '-DskipTests=true': the gate itself sets it."
        )
        #expect(
            try GateTrial.refusal(of: MavenGate.self, ["goals": ["-X"]])
                == "Field 'goals' must hold phases or goals of Maven, such as 'test'."
        )
        #expect(
            try GateTrial.refusal(of: GradleGate.self, ["tasks": []])
                == "Field 'tasks' must hold tasks of Gradle, such as 'test'."
        )
        #expect(
            try GateTrial.refusal(of: GradleGate.self, ["args": ["-x", "test"]])
                == "Field 'args' must not hold '-x': the gate itself sets it."
        )
        #expect(
            try GateTrial.refusal(of: DotNetTestGate.self, ["args": ["--no-build"]])
                == "Field 'args' must not hold '--no-build': the gate itself sets it."
        )
    }

    @Test func whatTheGatesProtect() async throws {
        let start = [
            "pom.xml": "<project>\n<name>a</name>\n</project>\n", "src/test/java/ATest.java": "",
            "src/main/java/A.java": "",
            "core.Tests/A.cs": "", "core/A.cs": "", "gradle.properties": "", "build.gradle": "a\n",
        ]
        let work = [
            "pom.xml": "<project>\n<name>a</name>\n<skipTests>true</skipTests>\n</project>\n",
            "src/main/java/A.java": "2",
            "src/test/java/ATest.java": "2", "core.Tests/A.cs": "2", "core/A.cs": "2", "gradle.properties": "2",
            "build.gradle": "a\ntest { enabled = false }\n",
        ]
        let refused = { (policy: EditPolicy) async throws in
            try await GateTrial.refused(under: policy, start: start, work: work).sorted()
        }
        #expect(try await refused(MavenGate.protection) == ["pom.xml", "src/test/java/ATest.java"])
        #expect(
            try await refused(GradleGate.protection)
                == ["build.gradle", "gradle.properties", "src/test/java/ATest.java"]
        )
        #expect(try await refused(DotNetTestGate.protection) == ["core.Tests/A.cs", "src/test/java/ATest.java"])
    }

    @Test func theClassWithinAClassStandsInTheFileOfTheOuterOne() {
        let places = JavaPlaces(files: ["a/src/test/kotlin/x/OuterTest.kt", "b/NotOuterTest.java"])
        let cases = places.placed([TestCase("x.OuterTest$Inner::adds", .passed), TestCase("OuterTestX::a", .passed)])
        #expect(cases.map(\.file) == ["a/src/test/kotlin/x/OuterTest.kt", nil])
    }
}

/// Whether a local repository has what a small project needs.
private let isMavenReady =
    GateTrial.has("mvn")
    && FileManager.default.fileExists(
        atPath: NSHomeDirectory() + "/.m2/repository/org/apache/maven/plugins/maven-surefire-plugin"
    ) && FileManager.default.fileExists(atPath: NSHomeDirectory() + "/.m2/repository/junit/junit/4.13.2")

/// A project of Maven, judged by the real mvn, which fetches its plugins; only where a local repository has them.
@Suite(.serialized, .enabled(if: isMavenReady)) struct MavenGateTests {
    private static func project(_ body: String) -> [String: String] {
        [
            "pom.xml": """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion>
              <groupId>com.example</groupId><artifactId>calc</artifactId><version>1</version>
              <properties>
                <maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target>
                <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
              </properties>
              <dependencies>
                <dependency>
                  <groupId>junit</groupId><artifactId>junit</artifactId><version>4.13.2</version><scope>test</scope>
                </dependency>
              </dependencies>
            </project>
            """,
            "src/main/java/com/example/Calc.java": """
            package com.example;
            public class Calc { static int add(int a, int b) { \(body) } }
            """,
            "src/test/java/com/example/CalcTest.java": """
            package com.example;
            import static org.junit.Assert.assertEquals;
            import org.junit.Test;
            public class CalcTest {
                @Test public void adds() { assertEquals(3, Calc.add(1, 2)); }
                @Test public void nothing() {}
            }
            """,
        ]
    }

    @Test(arguments: [
        ("return a + b;", "All 2 tests pass."),
        ("return a - b;", "1 of 2 tests fails: com.example.CalcTest::adds."),
        ("return c;", "The project does not build: 1 error in 1 file."),
        ("System.exit(0); return 3;", "mvn exited with 1, and no test ran."),
    ])
    func aProjectIsJudged(body: String, reason: String) async throws {
        let verdict = try await GateTrial.verdict(of: MavenGate.self, Self.project(body), ["offline": true])
        #expect(verdict.reason == reason, "\(verdict.details)")
        if body == "return c;" {
            #expect(verdict.findings.map(\.place) == ["src/main/java/com/example/Calc.java:2:59"])
        }
        if body == "return a - b;" {
            #expect(verdict.cases[0].file == "src/test/java/com/example/CalcTest.java")
            #expect(verdict.cases[0].line == 5)
        }
    }
}

/// A project of Gradle without anything to fetch, judged by the real gradle.
@Suite(.serialized, .enabled(if: GateTrial.has("gradle") && GateTrial.has("javac"))) struct GradleGateTests {
    @Test(arguments: [
        ("return a + b;", "No test ran."), ("return a + c;", "The project does not build: 1 error in 1 file."),
    ])
    func aProjectWithoutTestsDoesNotHold(body: String, reason: String) async throws {
        let files = [
            "settings.gradle": "", "build.gradle": "plugins { id 'java' }\n",
            "src/main/java/Calc.java": "class Calc { static int add(int a, int b) { \(body) } }\n",
        ]
        let verdict = try await GateTrial.verdict(of: GradleGate.self, files, ["offline": true])
        #expect(verdict.reason == reason, "\(verdict.details)")
    }
}
