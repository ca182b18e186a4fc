import Testing

/// The web as the program itself reads it, proxies of the environment included.
struct WebFetchCommandTests {
    private static let script = """
        [{"calls": [{"tool": "web_fetch", "arguments": {"url": "http://192.0.2.1/"}}]},
         {"calls": [{"tool": "web_fetch", "arguments": {"url": "http://localhost:9/"}}]}, {"text": "Done."}]
        """
    private static let pipeline = """
        name: web
        model: scripted/script.json
        goal: { gate: command, with: { command: "false" } }
        tools:
          allow: [web_fetch]
          with: { web_fetch: { hosts: [192.0.2.1, "localhost:9"] } }
        limits: { iterations: 1 }

        """

    /// Whoever let a proxy connect would be told that there is none at this port.
    @Test func noProxyOfTheEnvironmentIsAWayToPrivateAddresses() async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "web.yaml")
            try bench.write(Self.script, to: "script.json")
            let proxy = "http://127.0.0.1:1"
            let run = try await bench.sluice(
                "run",
                "web.yaml",
                "--cwd",
                "project",
                adding: ["http_proxy": proxy, "all_proxy": proxy, "no_proxy": ""]
            )
            #expect(run.output.contains("'192.0.2.1' is no address of the public internet; nothing was sent."))
            #expect(run.output.contains("'localhost:9' has the address "), "\(run.output)")
            #expect(!run.output.contains("proxy") && !run.output.contains("No connection"), "\(run.output)")
        }
    }
}
