import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Runs where commands can be confined, and where they cannot: nothing to do it with, a broken one, a kernel that forbids.
struct SandboxCommandTests {
    private static let script = """
        {"replies": [{"calls": [{"tool": "bash_exec", "arguments": {"command": "CALL"}}]}, {"text": "Done."}]}
        """

    private func withRun(_ sandbox: String, calling call: String, _ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            let pipeline = """
                name: walled
                model: scripted/script.json
                goal: { gate: command, with: { command: "test -e made" } }
                tools: { allow: [bash_exec] }
                limits: { iterations: 1 }
                workspace: { sandbox: \(sandbox) }

                """
            try bench.write(pipeline, to: "walled.yaml")
            try bench.write(Self.script.replacing("CALL", with: call), to: "script.json")
            try bench.write("a secret\n", to: "outside")
            try await body(bench)
        }
    }

    private func run(_ bench: Bench, adding more: [String: String] = [:]) async throws -> Ended {
        try await bench.sluice("run", "walled.yaml", "--cwd", "project", "--id", "r1", adding: more)
    }

    private func body(of type: String, _ bench: Bench) async throws -> JSONValue? {
        let events = try await bench.sluice("events", "r1", "--json").lines
        return events.compactMap { try? JSONValue(parsing: Array($0.utf8)) }.first { $0["type"]?.text == type }?["body"]
    }

    /// A directory with all programs of the system but bubblewrap, for PATH.
    private func withoutBubblewrap(_ bench: Bench) throws -> [String: String] {
        let place = "\(bench.root)/bin"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        for name in ["git", "python3", "rg", "bash", "sh", "touch", "ls", "cat"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(place)/\(name)",
                withDestinationPath: "/usr/bin/\(name)"
            )
        }
        return ["PATH": place]
    }

    @Test func whatACallMayTouchIsTheWorkspace() async throws {
        try await withRun("required", calling: "cat ../outside; ls $HOME; touch made ../planted") { bench in
            #expect(try await run(bench).status == 0)
            #expect(try await body(of: "workspace.opened", bench)?["sandbox"] == ["confined": true])
            let output = try #require(await body(of: "tool_call.finished", bench)?["text"]?.text)
            #expect(output.contains("cat: ../outside: No such file or directory"))
            #expect(!FileManager.default.fileExists(atPath: "\(bench.root)/planted"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(bench.state)/rooms") == [])
        }
    }

    @Test func keysAreAbsentAlsoWhenTheHomeIsTheWorkspace() async throws {
        try await withRun("required", calling: "cat .ssh/id .netrc .config/x; cat plain; touch made") { bench in
            for path in ["home/.ssh/id", "home/.netrc", "home/.config/x", "home/plain"] {
                try bench.write("the content of \(path)\n", to: path)
            }
            #expect(try await bench.sluice("run", "walled.yaml", "--cwd", "home", "--id", "r1").status == 0)
            let output = try #require(await body(of: "tool_call.finished", bench)?["text"]?.text)
            #expect(output.contains("the content of home/plain"))
            #expect(output.components(separatedBy: "the content of").count == 2, "\(output)")
        }
    }

    @Test func withoutBubblewrapWhatIsPreferredIsRecordedAndShown() async throws {
        try await withRun("preferred", calling: "touch made") { bench in
            let ended = try await run(bench, adding: try withoutBubblewrap(bench))
            #expect(ended.status == 0)
            let reason = "Commands cannot be confined without bubblewrap: apt-get install bubblewrap"
            #expect(ended.output.contains("sandbox   none: \(reason)\n"))
            let sandbox = try await body(of: "workspace.opened", bench)?["sandbox"]
            #expect(sandbox == ["confined": false, "reason": .string(reason)])
        }
    }

    @Test func withoutBubblewrapWhatIsRequiredIsNotStarted() async throws {
        try await withRun("required", calling: "touch made") { bench in
            let ended = try await run(bench, adding: try withoutBubblewrap(bench))
            #expect(ended.errors == "Commands cannot be confined without bubblewrap: apt-get install bubblewrap\n")
            #expect(ended.status == 64)
            #expect(try await bench.sluice("runs").output.contains("walled") == false)
        }
    }

    @Test func aMachineThatRequiresItDoesSoForEveryRun() async throws {
        try await withRun("off", calling: "touch made") { bench in
            let without = try withoutBubblewrap(bench)
            let ended = try await run(bench, adding: without.merging(["SLUICE_SANDBOX": "required"]) { $1 })
            #expect(ended.status == 64)
            let wrong = try await run(bench, adding: ["SLUICE_SANDBOX": "yes"])
            #expect(wrong.errors == "SLUICE_SANDBOX must be 'off', 'preferred' or 'required', but is 'yes'.\n")
        }
    }

    @Test func aBubblewrapThatIsBrokenIsToldInItsWords() async throws {
        try await withRun("required", calling: "touch made") { bench in
            let path = try withoutBubblewrap(bench)
            // Written by another process: a file that some process here still holds open cannot be run.
            let text = #"printf '#!/bin/sh\necho "bwrap: it is broken" >&2\nexit 1\n' > bin/bwrap; chmod 755 bin/bwrap"#
            try await bench.run("/bin/sh", "-c", text)
            let ended = try await run(bench, adding: path)
            #expect(ended.status == 64)
            let words = "bubblewrap cannot make a sandbox on this machine: bwrap: it is broken."
            #expect(ended.errors.hasPrefix(words), "\(ended.errors)")
        }
    }

    /// In a user namespace in which no other may be made, as a system's settings would have it.
    @Test func aKernelThatForbidsItIsToldWithWhatToSet() async throws {
        try await withRun("required", calling: "touch made") { bench in
            let line = """
                echo 0 > /proc/sys/user/max_user_namespaces && \
                exec \(Bench.sluice) run walled.yaml --cwd project --id r1 2>&1
                """
            let errors = "\(bench.root)/forbidden.stderr"
            let words = ["/usr/bin/unshare", "--user", "--map-root-user", "/bin/sh", "-c", line]
            let ended = try await Running(words, bench.environment, in: bench.root, errors: errors).ended()
            #expect(ended.output.hasPrefix("bubblewrap cannot make a sandbox on this machine: "))
            let advice = "The system forbids user namespaces. Allow them: sysctl user.max_user_namespaces=10000\n"
            #expect(ended.output.hasSuffix(advice), "\(ended.output)")
        }
    }

    @Test func aRunThatWasConfinedDoesNotGoOnWithout() async throws {
        try await withRun("preferred", calling: "touch made") { bench in
            let pipeline = try String(contentsOfFile: "\(bench.root)/walled.yaml", encoding: .utf8)
            try bench.write(pipeline.replacing("allow: [bash_exec]", with: "ask: [bash_exec]"), to: "walled.yaml")
            #expect(try await run(bench).status == 2)
            let without = try withoutBubblewrap(bench)
            let ended = try await bench.sluice("approve", "r1", "a1", adding: without)
            #expect(ended.status == 0)
            let resumed = try await bench.sluice("resume", "r1", adding: without)
            #expect(resumed.output.contains("Commands cannot be confined without bubblewrap"))
            #expect(!FileManager.default.fileExists(atPath: "\(bench.project)/made"))
        }
    }
}
