import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import GateKit
@testable import ServicesGate

/// What docker, podman and buildah print, read without them.
struct BuiltImageTests {
    private func image(_ output: String, status: Int = 1, name: String = "docker") -> BuiltImage {
        let finished = Finished(
            output: CappedOutput(bytes: Array(output.utf8)),
            status: status,
            elapsed: .seconds(1)
        )
        return BuiltImage(end: RunnerEnd(name: name, finished: finished), line: "docker build .")
    }

    /// https://docs.docker.com/build/debug, with BUILDKIT_PROGRESS=plain.
    private static let failing = """
        #1 [internal] load build definition from Dockerfile
        #5 [2/2] RUN make
        #5 0.212 ERROR: no Makefile
        #5 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2
        ------
         > [2/2] RUN make:
        0.212 ERROR: no Makefile
        ------
        app/Dockerfile:3
        --------------------
           1 |     FROM alpine:3.20
           2 |
           3 | >>> RUN make
           4 |
        --------------------
        ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2

        """

    @Test func aStepThatFailsIsFound() throws {
        let verdict = try image(Self.failing).verdict { $0 }
        #expect(verdict.reason == "The project does not build: 1 error in 1 file.")
        #expect(
            verdict.findings == [
                Verdict.Finding(
                    .error,
                    #"process "/bin/sh -c make" did not complete successfully: exit code: 2"#,
                    file: "app/Dockerfile",
                    line: 3
                )
            ]
        )
    }

    @Test(arguments: [
        (
            "ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: RUM (did you mean RUN?)",
            "Dockerfile:2: error: dockerfile parse error on line 2: unknown instruction: RUM (did you mean RUN?)"
        ),
        (
            "Error response from daemon: dockerfile parse error line 7: unknown instruction: RUM",
            "Dockerfile:7: error: dockerfile parse error line 7: unknown instruction: RUM"
        ),
        (
            "Step 2/2 : RUN false\nThe command '/bin/sh -c false' returned a non-zero code: 1",
            "error: The command '/bin/sh -c false' returned a non-zero code: 1"
        ),
        (
            #"Error: building at STEP "RUN false": while running runtime: exit status 1"#,
            #"error: building at STEP "RUN false": while running runtime: exit status 1"#
        ),
        (
            "target web: failed to solve: nope: not found\nfailed to solve: nope: not found",
            "error: nope: not found"
        ),
    ])
    func whatOlderAndOtherBuildersSayIsFound(output: String, finding: String) throws {
        #expect(try image(output).verdict { $0 }.findings.map(\.description) == [finding])
    }

    @Test func aBuildThatSaysNothingIsStillBroken() throws {
        let verdict = try image("", status: 137).verdict { $0 }
        #expect(verdict.reason == "The project does not build: docker was ended by SIGKILL.")
    }

    @Test func whatBuildsHoldsUnlessThereIsNothing() throws {
        #expect(try image("#5 DONE 0.1s\n", status: 0).verdict { $0 }.reason == "'docker build .' exited with 0.")
        let nothing = try image("No services to build\n", status: 0).verdict { $0 }
        #expect(nothing.reason == "'docker build .' built nothing: no service of the compose file has a 'build'.")
        #expect(!nothing.holds)
    }

    @Test(arguments: [
        (
            "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
            Failure.Kind.unavailable,
            "docker has nobody who builds: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. "
                + "Is the docker daemon running?"
        ),
        (
            "docker: unknown command: docker compose\n\nRun 'docker --help' for more information", .missing,
            "docker lacks a part of itself: docker: unknown command: docker compose"
        ),
        (
            "ERROR: BuildKit is enabled but the buildx component is missing or broken.", .missing,
            "docker lacks a part of itself: BuildKit is enabled but the buildx component is missing or broken."
        ),
    ])
    func whoeverCannotBuildGivesNoVerdict(output: String, kind: Failure.Kind, message: String) {
        #expect(throws: Failure(kind, message)) { try image(output).verdict { $0 } }
    }

    @Test func aStepMaySayThatItHasNoDaemon() throws {
        let words = "#5 0.3 Cannot connect to the Docker daemon at tcp://x.\n" + Self.failing
        #expect(try image(words).verdict { $0 }.findings.count == 1)
    }

    @Test func aSandboxIsNamedWhereItMayBeInTheWay() {
        var image = image("Cannot connect to the Docker daemon.")
        image.isConfined = true
        let words =
            "docker has nobody who builds: Cannot connect to the Docker daemon. "
            + "In the sandbox its socket must be under 'workspace: writable'."
        #expect(throws: Failure(.unavailable, words)) { try image.verdict { $0 } }
    }
}

/// Builds that a script stands for.
@Suite(.serialized) struct DockerBuildGateTests {
    private func verdict(_ script: String, _ files: [String: String], _ settings: JSONValue = [:]) async throws
        -> Verdict
    {
        var verdict: Verdict?
        try await withProgram(script) { path async throws in
            let members = settings.members.merging(["program": .string(path)]) { $1 }
            verdict = try await GateTrial.verdict(of: DockerBuildGate.self, files, .object(members))
        }
        return try #require(verdict)
    }

    @Test func keepsTheGatesPromises() async throws {
        try await withProgram("exit 0") { path async throws in
            let settings: JSONValue = ["program": .string(path)]
            let files = ["Dockerfile": "FROM scratch\n"]
            let verdict = try await expectConformance(of: DockerBuildGate.self, settings: settings, files: files)
            #expect(verdict.reason == "'program build .' exited with 0.")
        }
    }

    @Test(
        arguments: [
            (["Dockerfile": ""], [:], "build ."), (["Containerfile": ""], [:], "build --file Containerfile ."),
            (["compose.yaml": "", "Dockerfile": ""], [:], "compose build"),
            (["docker-compose.yml": ""], ["args": ["--pull", "a b"]], "compose build --pull a b"),
            (["app/Dockerfile": ""], ["directory": "app", "args": ["--pull"]], "build --pull ."),
        ] as [([String: String], JSONValue, String)]
    )
    func theDirectorySaysWhatIsBuilt(files: [String: String], settings: JSONValue, words: String) async throws {
        let verdict = try await verdict("echo \"$*\" > said; cat said; test -f said && exit 9", files, settings)
        #expect(verdict.details == "\(words)\n")
        #expect(verdict.reason == "The project does not build: program exited with 9.")
    }

    @Test func aDockerfileIsFoundByItsName() async throws {
        let rule = "--------------------"
        let script =
            "printf 'app.Dockerfile:2\\n\(rule)\\n   2 | >>> RUN x\\n\(rule)\\nERROR: failed to solve: no\\n'; exit 1"
        let files = ["app/Dockerfile": "", "app/deploy/app.Dockerfile": "", "deploy/app.Dockerfile": ""]
        let verdict = try await verdict(script, files, ["directory": "app"])
        #expect(verdict.findings.map(\.description) == ["app/deploy/app.Dockerfile:2: error: no"])
    }

    @Test func aDirectoryWithNothingToBuildDoesNotHold() async throws {
        let verdict = try await verdict("exit 0", ["README.md": ""])
        #expect(
            verdict.reason
                == "There is no 'Dockerfile', 'Containerfile' or 'compose.yaml' in the workspace. "
                + "Write one, or name its directory with 'directory:'."
        )
    }

    @Test(
        arguments: [
            ("docker build -t 'my image' a\\ b", ["docker", "build", "-t", "my image", "a b"]),
            ("docker build --build-arg \"V=1 2\" .", ["docker", "build", "--build-arg", "V=1 2", "."]),
            ("docker build $TAG", nil), ("docker build . && docker push x", nil), ("A=1 docker build .", nil),
            ("docker build . > log", nil), ("docker build *.d", nil), ("", nil), ("docker 'build", nil),
        ] as [(String, [String]?)]
    )
    func aLineIsTakenApartByTheGrammarOfTheShell(line: String, words: [String]?) {
        #expect(CommandWords.words(of: line) == words)
    }

    @Test func aCommandOfTheSettingsIsRunAsItIs() async throws {
        try await withProgram("for word in \"$@\"; do echo \"<$word>\"; done; exit 1") { path async throws in
            for command: JSONValue in [.string("\(path) build 'a b'"), [.string(path), "build", "a b"]] {
                let verdict = try await GateTrial.verdict(of: DockerBuildGate.self, [:], ["command": command])
                #expect(verdict.details == "<build>\n<a b>\n")
            }
        }
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (
                ["command": "docker build .", "args": ["--pull"]],
                "Field 'command' is the whole command; leave out 'program' and 'args'."
            ),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: DockerBuildGate.self, settings) == message)
    }

    @Test(
        arguments: [
            (
                "docker build . | cat",
                #"Field 'command' must be one program with plain words or a list of them, but is "docker build . | cat"."#
            ),
            ([], "Field 'command' must be a command line or a list of words, but is a list."),
            (["docker", ""], "Field 'command' must be a command line or a list of words, but is a list."),
        ] as [(JSONValue, String)]
    )
    func whatIsNoCommandIsRefused(command: JSONValue, message: String) throws {
        let problems = #expect(throws: FieldProblems.self) {
            _ = try DockerBuildGate.Settings(json: ["command": command])
        }
        #expect(problems?.all.map(\.message) == [message])
    }

    @Test func aBuilderThatIsNotThereIsNamed() async throws {
        let files = ["Dockerfile": "FROM scratch\n"]
        let failure = try await GateTrial.failure(of: DockerBuildGate.self, files, ["program": "no-builder"])
        #expect(
            failure == Failure(.missing, "The program 'no-builder' that 'program:' names was not found in PATH.")
        )
        let other = try await GateTrial.failure(of: DockerBuildGate.self, files, ["command": ["no-builder", "build"]])
        #expect(
            other
                == Failure(
                    .missing,
                    "'no-builder' was not found: not in PATH. Install it: "
                        + "https://docs.docker.com/engine/install or apt-get install podman"
                )
        )
    }

    @Test func aHangIsEnded() async throws {
        try await withProgram("echo deep; sleep 60") { path async throws in
            let settings: JSONValue = ["program": .string(path), "timeout": "8s"]
            let failure = try await GateTrial.failure(of: DockerBuildGate.self, ["Dockerfile": ""], settings)
            #expect(
                failure
                    == Failure(.timedOut, "program was still running after 8s and was ended. It printed last: deep")
            )
        }
    }

    /// The real client, with nobody who builds.
    @Test(.enabled(if: GateTrial.has("docker"))) func aDaemonThatIsNotThereIsNoVerdict() async throws {
        let settings: JSONValue = ["command": ["docker", "--host", "unix:///nowhere/docker.sock", "build", "."]]
        let files = ["Dockerfile": "FROM scratch\nCOPY Dockerfile /\n"]
        let failure = try await GateTrial.failure(of: DockerBuildGate.self, files, settings)
        #expect(failure?.kind == .unavailable)
        #expect(failure?.message.hasPrefix("docker has nobody who builds: Cannot connect to the Docker daemon") == true)
    }

    /// The real builder, where its daemon runs.
    @Test(.enabled(if: GateTrial.has("docker") && FileManager.default.fileExists(atPath: "/var/run/docker.sock")))
    func aRealImageIsBuilt() async throws {
        let good = ["Dockerfile": "FROM scratch\nCOPY Dockerfile /\n"]
        let holds = try await GateTrial.verdict(of: DockerBuildGate.self, good, ["program": "docker"])
        #expect(holds.reason == "'docker build .' exited with 0.", "\(holds.details)")
        let bad = ["Dockerfile": "FROM scratch\nCOPI Dockerfile /\n"]
        let broken = try await GateTrial.verdict(of: DockerBuildGate.self, bad, ["program": "docker"])
        #expect(broken.findings.map(\.place) == ["Dockerfile:2"], "\(broken.details)")
    }
}
