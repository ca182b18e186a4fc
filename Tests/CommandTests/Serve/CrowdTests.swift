import PipelineKit
import Testing

/// The program that plays followers is trusted by other tests, so it has to say what went wrong.
struct CrowdTests {
    private static let whole = ["--port", "1", "--run", "r1"]

    @Test(
        arguments: [
            ([], "Say with '--port' where the server listens."),
            (["--port", "1"], "Say with '--run' what is followed."),
            (whole, "Say who follows, as in 'healthy:socket:20'."),
            (["--port", "x"], "'--port' is followed by a number from 1 to 65535, and not by 'x'."),
            (["--seconds"], "'--seconds' is followed by a number from 1 to 3600, and not by nothing."),
            (["--prot", "1"], "Unknown option '--prot'."),
            (["socket:20"], "A group is written MANNER:FORM:COUNT, as in 'healthy:socket:20', and not 'socket:20'."),
            (["sleepy:socket:2"], "Unknown manner 'sleepy'; there are healthy, silent, restless."),
            (["silent:pigeon:2"], "Unknown form 'pigeon'; there are socket, events, retrai."),
            (["silent:socket:2", "silent:socket:3"], "The group 'silent:socket' stands there twice."),
        ] as [([String], String)]
    )
    func whatItDoesNotUnderstandIsSaid(words: [String], message: String) async throws {
        try await withBench { bench in
            let ended = try await bench.start(program: "Followers", words).ended()
            #expect((ended.status, ended.errors) == (64, "Followers: \(message)\n"))
        }
    }

    @Test func whoIsNotServedSaysWhy() async throws {
        try await withBench { bench in
            let nobody = try await withServer(bench) { server in
                let port = server.client.port
                let reports = try await withCrowd(["restless:events": 2], of: "r1", on: port, bench) { crowd in
                    #expect(await crowd.open() == 0)
                    return try await crowd.ended()
                }
                #expect(reports["restless:events"]?["endings"] == ["HTTP 404": 2])
                await server.kill()
                return port
            }
            let reports = try await withCrowd(["silent:retrai": 3], of: "r1", on: nobody, bench) { crowd in
                try await crowd.ended()
            }
            #expect(reports["silent:retrai"]?["endings"] == ["Connection refused": 3])
        }
    }

    @Test(arguments: [["--seconds", "1"], []])
    func whoStillFollowsInTheEndIsNamed(limit: [String]) async throws {
        try await withBench { bench in
            try bench.write(
                """
                name: still
                model: scripted/script.json
                goal: { gate: command, with: { command: "cat $HOME/never" } }
                workspace: { sandbox: off }
                """,
                to: "still.yaml"
            )
            try bench.write(#"[{"text": "Done."}]"#, to: "script.json")
            try await bench.run("mkfifo", "\(bench.root)/home/never")
            try await withServer(bench, ["--grace", "10ms"]) { server in
                try await server.client.start("r1", "still.yaml", in: bench)
                _ = try await server.client.listen(to: "r1") { $0["payload"]?["node"] == "evaluate" }
                let place = ["--port", "\(server.client.port)", "--run", "r1"]
                let followers = try bench.start(program: "Followers", place + limit + ["healthy:socket:2"])
                await followers.wait(for: #"{"open":2}"#)
                if limit.isEmpty { try followers.endInput() }
                let ended = await followers.ended()
                let when = limit.isEmpty ? "When the input was closed" : "After 1 s"
                // The end may come before the first event has.
                let errors = ended.errors.replacing(/from [0-3] on/, with: "from 3 on")
                #expect(
                    errors == "Followers: \(when), 2 of 2 followers 'healthy:socket' still followed, one from 3 on.\n"
                )
                #expect(ended.status == 1)
            }
        }
    }
}
