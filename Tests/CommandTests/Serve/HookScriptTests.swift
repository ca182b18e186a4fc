import Foundation
import PipelineKit
import Testing

/// The hook that comes with the product, as a coding agent calls it: real, with a real server.
@Suite(.timeLimit(.minutes(5)))
struct HookScriptTests {
    /// A run that asks before its first call, and so stays open.
    private func prepare(_ bench: Bench) throws {
        let script: JSONValue = [
            ["calls": [["tool": "file_write", "arguments": ["path": "a.txt", "content": "1\n"]]]]
        ]
        try bench.write(script.jsonText, to: "script.json")
    }

    private func served(_ bench: Bench, port: Int = 0, _ more: [String: String] = [:]) async throws -> Served {
        try await Served(bench, port: port, adding: ["SLUICE_MODEL": "scripted/script.json"].merging(more) { $1 })
    }

    /// Starts the hook with what an agent gives it.
    private func hook(_ bench: Bench, _ input: String, _ variables: [String: String]) throws -> Running {
        let script = "\(Bench.package)/Docs/Examples/ProjectM/pre_tool_use.py"
        let environment = bench.environment.merging(variables) { $1 }
        let errors = "\(bench.root)/\(UUID().uuidString).stderr"
        let running = try Running(["python3", script], environment, in: bench.root, errors: errors)
        try running.write(input)
        try running.endInput()
        return running
    }

    private func variables(_ client: Client, _ run: String, _ more: [String: String] = [:]) -> [String: String] {
        ["M_SERVER_URL": "http://127.0.0.1:\(client.port)/", "M_RUN_ID": run].merging(more) { $1 }
    }

    /// Waits until a hook has asked about a tool.
    ///
    /// - Returns: the id of the question.
    private func question(about tool: String, _ client: Client) async throws -> String {
        while true {
            let open = try await client.get("/api/approvals?state=pending").json.elements
            if let id = open.first(where: { $0["tool"]?.text == tool })?["id"]?.text { return id }
            await Task.yield()
        }
    }

    private static let bash = #"{"tool_name":"Bash","tool_input":{"command":"make"}}"#

    @Test func aCallIsAllowedOrKeptFromHappening() async throws {
        try await withBench { bench in
            try prepare(bench)
            let server = try await served(bench)
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            for (input, isAllowed) in [(Self.bash, true), (#"{"tool":"Bash","input":{"command":"make"}}"#, false)] {
                let hook = try hook(bench, input, variables(server.client, run))
                let question = try await question(about: "Bash", server.client)
                let shown = try await server.client.get("/api/approvals/\(question)").json
                #expect(shown["payload"]?["command"] == "make")
                let answer: JSONValue = ["approved": .bool(isAllowed), "reason": "Because."]
                _ = try await server.client.post("/api/approvals/\(question)/resolve", answer)
                let ended = await hook.ended()
                #expect(ended.status == (isAllowed ? 0 : 2), "\(ended)")
                let told = try JSONValue(parsing: ended.output)
                #expect(told["decision"] == (isAllowed ? "allow" : "block"))
                #expect(told["message"] == "Because.")
                #expect(ended.errors == (isAllowed ? "" : "Because.\n"))
                let permission = told["hookSpecificOutput"]?["permissionDecision"]
                #expect(permission == (isAllowed ? "allow" : nil))
            }
        }
    }

    /// What a person says reaches the agent as the reason why its tool, which would ask at a terminal, is not used.
    @Test func wordsReachTheAgent() async throws {
        try await withBench { bench in
            try prepare(bench)
            let server = try await served(bench)
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            let input = #"{"tool_name":"AskUserQuestion","tool_input":{"question":"Which colour?"}}"#
            let hook = try hook(bench, input, variables(server.client, run))
            let question = try await question(about: "AskUserQuestion", server.client)
            _ = try await server.client.post(
                "/api/approvals/\(question)/resolve",
                ["approved": true, "response": "blue"]
            )
            let ended = await hook.ended()
            #expect((ended.status, ended.errors) == (2, "The person answers: blue\n"))
        }
    }

    /// One question, asked of two servers: the first was killed while the hook waited.
    @Test func aHookThatWaitsOutlivesTheServer() async throws {
        try await withBench { bench in
            try prepare(bench)
            let first = try await served(bench)
            defer { first.running.send(SIGKILL) }
            let port = first.client.port
            let run = try await first.client.orderOfM()
            let hook = try hook(bench, Self.bash, variables(first.client, run))
            let question = try await question(about: "Bash", first.client)
            await first.kill()
            let second = try await served(bench, port: port)
            defer { second.running.send(SIGKILL) }
            let again = try await self.question(about: "Bash", second.client)
            #expect(again == question)
            _ = try await second.client.post("/api/approvals/\(question)/resolve", ["approved": true])
            let ended = await hook.ended()
            #expect(ended.status == 0, "\(ended)")
            let events = try await second.client.get("/api/runs/\(run)/events").json.elements
            let asked = events.filter { $0["data"]?["approval_id"]?.text == question }
            #expect(asked.compactMap { $0["type"]?.text } == ["approval_requested", "approval_resolved"])
        }
    }

    @Test(
        arguments: [
            ("{", "What the hook was given is no call of a tool: "),
            ("{}", "What the hook was given is no call of a tool: there is neither a 'tool_name' nor a 'tool' in it."),
            ("[]", "What the hook was given is no call of a tool: "), (Self.bash, "Nobody could be asked: "),
        ]
    )
    func whatCannotBeAskedIsBlocked(input: String, reason: String) async throws {
        try await withBench { bench in
            let nobody = ["M_SERVER_URL": "http://127.0.0.1:1", "M_RUN_ID": "r1", "M_HOOK_TIMEOUT": "0.5"]
            let ended = try await hook(bench, input, nobody).ended()
            #expect(ended.status == 2, "\(ended)")
            #expect(ended.errors.hasPrefix(reason), "\(ended)")
            #expect(try JSONValue(parsing: ended.output)["decision"] == "block")
        }
    }

    /// Whatever else a hook ends with lets the tool be used, also when the agent has ended it for being slow.
    @Test(arguments: [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP")])
    func aHookThatIsEndedBlocks(signal: Int32, name: String) async throws {
        try await withBench { bench in
            try prepare(bench)
            let server = try await served(bench)
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            let hook = try hook(bench, Self.bash, variables(server.client, run))
            _ = try await question(about: "Bash", server.client)
            hook.send(signal)
            let ended = await hook.ended()
            #expect((ended.status, ended.errors) == (2, "The hook was ended by \(name).\n"))
        }
    }

    /// The agent ends it later than it does itself, however often it is told to wait.
    @Test func aServerThatOnlySaysContinueIsLeft() async throws {
        try await withBench { bench in
            let server = """
                import socket
                door = socket.create_server(("127.0.0.1", 0))
                print(door.getsockname()[1], flush=True)
                caller = door.accept()[0]
                while True: caller.sendall(b"HTTP/1.1 100 Continue\\r\\n\\r\\n")
                """
            let errors = "\(bench.root)/server.stderr"
            let serving = try Running(["python3", "-c", server], bench.environment, in: bench.root, errors: errors)
            defer { serving.send(SIGKILL) }
            let port = try #require(await serving.next()).filter(\.isNumber)
            let place = ["M_SERVER_URL": "http://127.0.0.1:\(port)", "M_RUN_ID": "r1", "M_HOOK_TIMEOUT": "0.5"]
            let ended = try await hook(bench, Self.bash, place).ended()
            #expect((ended.status, ended.errors) == (2, "Nobody could be asked: no answer in time\n"))
        }
    }

    @Test func withoutARunNobodyIsAsked() async throws {
        try await withBench { bench in
            let ended = try await hook(bench, Self.bash, [:]).ended()
            #expect(ended.errors == "M_RUN_ID and M_SERVER_URL are not set, so nobody can be asked.\n")
            #expect(ended.status == 2)
            let other = try await hook(bench, #"{"tool_name":"Read","tool_input":{}}"#, [:]).ended()
            #expect((other.status, other.output) == (0, "{\"decision\": \"allow\"}\n"), "a tool that nobody asks about")
        }
    }

    /// The token that the hook has asks, and does not answer.
    @Test func theTokenOfTheHookCannotAnswer() async throws {
        try await withBench { bench in
            try prepare(bench)
            let added = try await bench.sluice("key", "add", "ada")
            let key = try #require(added.output.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("slk_") })
            let server = try await served(bench)
            defer { server.running.send(SIGKILL) }
            var person = server.client
            person.key = String(key)
            let run = try await person.orderOfM()
            let token = try #require(try await person.get("/api/runs/\(run)/token").json["token"]?.text)
            let hook = try hook(bench, Self.bash, variables(person, run, ["M_RUN_TOKEN": token]))
            let question = try await question(about: "Bash", person)
            var agent = server.client
            agent.key = token
            let own = try await agent.post("/api/approvals/\(question)/resolve", ["approved": true])
            #expect(own.status == 401)
            #expect(own.json["error"]?["code"] == "unauthorized")
            #expect(try await agent.get("/api/v1/runs").status == 403)
            #expect(try await agent.post("/api/runs/\(run)/cancel").status == 401)
            agent.key = nil
            let nobody = try await agent.get("/api/repos")
            #expect(nobody.json["error"] == ["code": "unauthorized", "message": "missing authorization header"])
            agent.key = "wrong"
            #expect(try await agent.get("/api/repos").json["error"]?["message"] == "invalid api key")
            _ = try await person.post("/api/approvals/\(question)/resolve", ["approved": true])
            #expect(await hook.ended().status == 0)
        }
    }
}
