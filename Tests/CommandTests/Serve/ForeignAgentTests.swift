import Foundation
import PipelineKit
import Testing

/// An agent of another maker does the work of a run of Project M: real programs, a real server, the hook that comes with it.
@Suite(.timeLimit(.minutes(5)))
struct ForeignAgentTests {
    private static var hook: String {
        get throws {
            try String(contentsOfFile: "\(Bench.package)/Docs/Examples/ProjectM/pre_tool_use.py", encoding: .utf8)
        }
    }

    /// A goal that is not reached at once.
    private static let checked = """
        name: checked
        goal: { gate: command, with: { command: "test -e two.txt" } }
        limits: { iterations: 3 }
        """

    /// A server whose runs an agent works on.
    ///
    /// - Parameters:
    ///   - agent: A program of the shell.
    ///   - runs: How runs are made, besides.
    ///   - confined: Whether it works in the sandbox.
    private func served(
        _ bench: Bench,
        _ agent: String,
        port: Int = 0,
        _ runs: JSONValue = [:],
        confined: Bool = true
    ) async throws -> Served {
        // Its sandbox shows nothing of this bench: what it is to run, and to ask with, it is given.
        let program: JSONValue = [
            "run": ["sh", "-c", .string(agent)], "timeout": "2m", "env": ["HOOK": .string(try Self.hook)],
            "confined": .bool(confined),
        ]
        let settings: JSONValue = .object(["agent": program].merging(runs.members) { $1 })
        return try await Served(bench, port: port, ["--project-m", settings.jsonText])
    }

    private func events(_ run: String, _ client: Client) async throws -> [JSONValue] {
        try await client.get("/api/runs/\(run)/events").json.elements
    }

    /// Waits until the events of a run fulfil a condition.
    private func wait(_ run: String, _ client: Client, for condition: ([JSONValue]) -> Bool) async throws -> [JSONValue]
    {
        while true {
            let all = try await events(run, client)
            if condition(all) { return all }
            await Task.yield()
        }
    }

    private func end(of run: String, _ client: Client) async throws -> [JSONValue] {
        try await client.end(of: run)
        return try await events(run, client)
    }

    private func text(_ stream: String, _ events: [JSONValue]) -> String {
        events.filter { $0["type"]?.text == stream }.compactMap { $0["data"]?["text"]?.text }.joined()
    }

    /// How many processes have this command line.
    private func processes(_ line: String, _ bench: Bench) async throws -> Int {
        try await bench.run("sh", "-c", "pgrep -fx '\(line)' || true").split(separator: "\n").count
    }

    @Test func itWorksAndWhatItPrintsIsTold() async throws {
        try await withBench { bench in
            let agent = "cat > task; echo Working.; echo Hm. >&2; echo 1 > done.txt; echo Done.\n"
            let server = try await served(bench, agent)
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            let events = try await end(of: run, server.client)
            #expect(text("stdout", events) == "Working.\nDone.\n")
            #expect(text("stderr", events) == "Hm.\n")
            #expect(events.last?["type"] == "run_completed")
            let place = try #require(try await server.client.get("/api/runs/\(run)").json["workspace_path"]?.text)
            #expect(bench.read("\(place)/done.txt") == "1\n")
            let task = try #require(bench.read("\(place)/task"))
            #expect(task.contains("Write it down."))
            #expect(task.contains("Commands run in a sandbox"))
            #expect(!task.contains("The goal"))
        }
    }

    @Test func outsideOfTheSandboxItIsToldOfNone() async throws {
        try await withBench { bench in
            let server = try await served(bench, "cat > task\n", confined: false)
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            #expect(try await end(of: run, server.client).last?["type"] == "run_completed")
            let place = try #require(try await server.client.get("/api/runs/\(run)").json["workspace_path"]?.text)
            let task = try #require(bench.read("\(place)/task"))
            #expect(task.contains("Write it down."))
            #expect(!task.contains("sandbox"))
        }
    }

    /// Nobody could be told the answer any more, and the next attempt asks by itself.
    @Test func whatItAskedAndDidNotWaitForIsBlocked() async throws {
        try await withBench { bench in
            try bench.write(Self.checked, to: "checked.yaml")
            let agent = """
                cat > /dev/null
                if test -e go; then touch two.txt; echo Again.; exit; fi
                echo '{"tool_name":"Bash","tool_input":{"command":"make"}}' | python3 -c "$HOOK" > answer &
                while ! test -e go; do sleep 0.1; done

                """
            let server = try await served(bench, agent, ["pipeline": "checked.yaml"])
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            _ = try await wait(run, server.client) { $0.contains { $0["type"] == "approval_requested" } }
            let place = try #require(try await server.client.get("/api/runs/\(run)").json["workspace_path"]?.text)
            try "".write(toFile: "\(place)/go", atomically: false, encoding: .utf8)
            let told = try await end(of: run, server.client)
            let blocked = try #require(told.firstIndex { $0["type"] == "approval_resolved" })
            #expect(told[blocked]["data"]?["approved"] == false)
            let again = try #require(told.firstIndex { $0["data"]?["text"] == "Again.\n" })
            #expect(blocked < again)
        }
    }

    /// A goal judges what it has done, and tells it what is wrong.
    @Test func aGoalJudgesItAfterwards() async throws {
        try await withBench { bench in
            try bench.write(Self.checked, to: "checked.yaml")
            let agent = "cat > task; if test -e one.txt; then touch two.txt; else touch one.txt; fi; echo Tried.\n"
            let server = try await served(bench, agent, ["pipeline": "checked.yaml"])
            defer { server.running.send(SIGKILL) }
            let events = try await end(of: server.client.orderOfM(), server.client)
            let checks = events.compactMap { $0["data"] }.filter { $0["tool"] == "command" && $0["success"] != nil }
            #expect(checks.map { $0["success"] } == [false, false, true])
            #expect(events.last?["type"] == "run_completed")
        }
    }

    @Test func howItFailedIsTheEndOfTheRun() async throws {
        try await withBench { bench in
            let server = try await served(bench, "echo No luck. >&2; exit 3\n")
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            let last = try await end(of: run, server.client).last
            #expect(last?["type"] == "run_failed")
            #expect(last?["data"]?["error"]?.text?.contains("exited with 3: No luck.") == true)
            #expect(try await server.client.get("/api/runs/\(run)").json["state"] == "failed")
        }
    }

    /// It is asked to end, then ended, with everything it has started.
    @Test func itIsCancelledAsAGroup() async throws {
        try await withBench { bench in
            let mark = "sleep \(Int.random(in: 100_000...999_999))"
            let server = try await served(bench, "trap '' TERM; \(mark) & echo Up.; wait; \(mark)\n")
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            _ = try await wait(run, server.client) { text("stdout", $0) == "Up.\n" }
            #expect(try await processes(mark, bench) == 1)
            let cancelled = try await server.client.post("/api/runs/\(run)/cancel")
            #expect(cancelled.json["state"] == "cancelled")
            while try await processes(mark, bench) > 0 { await Task.yield() }
            #expect(try await events(run, server.client).last?["type"] == "run_cancelled")
        }
    }

    /// From within its sandbox, by the hook: a person allows one call and not the other.
    @Test func itAsksByItsHook() async throws {
        try await withBench { bench in
            let agent = """
                cat > /dev/null
                for name in one two; do
                  printf '{"tool_name":"Write","tool_input":{"file_path":"%s.txt","content":"1"}}' $name \\
                    | python3 -c "$HOOK" > answer-$name && echo 1 > $name.txt
                done
                echo Done.

                """
            let server = try await served(bench, agent)
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            for (number, isAllowed) in [true, false].enumerated() {
                let asked = try await wait(run, server.client) { events in
                    events.count { $0["type"] == "approval_requested" } == number + 1
                }
                let question = asked.last { $0["type"] == "approval_requested" }?["data"]
                #expect(question?["type"] == "diff")
                let id = question?["approval_id"]?.text ?? ""
                let answer: JSONValue = ["approved": .bool(isAllowed), "reason": "So."]
                #expect(try await server.client.post("/api/approvals/\(id)/resolve", answer).status == 200)
            }
            let events = try await end(of: run, server.client)
            #expect(events.last?["type"] == "run_completed")
            #expect(text("stdout", events) == "Done.\n")
            let place = try #require(try await server.client.get("/api/runs/\(run)").json["workspace_path"]?.text)
            #expect(bench.read("\(place)/one.txt") == "1\n")
            #expect(bench.read("\(place)/two.txt") == nil)
        }
    }

    /// Its token tells what it does, answers nothing, and is nowhere in the history.
    @Test func itsTokenReportsAndIsNotRecorded() async throws {
        try await withBench { bench in
            let added = try await bench.sluice("key", "add", "ada")
            let key = try #require(added.output.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("slk_") })
            let agent = """
                report() {
                  curl -s -o /dev/null -w '%{http_code} ' -H "Authorization: Bearer $M_RUN_TOKEN" \\
                    -H 'Content-Type: application/json' -d "$1" "$M_SERVER_URL$2"
                }
                report '{"type":"tool_call_start","data":{"call_id":"c1","tool":"Bash","input":{}}}' /api/runs/$M_RUN_ID/events
                report '{}' /api/runs/$M_RUN_ID/cancel
                echo "My token is $M_RUN_TOKEN."

                """
            let server = try await served(bench, agent)
            defer { server.running.send(SIGKILL) }
            var person = server.client
            person.key = String(key)
            let run = try await person.orderOfM()
            let events = try await end(of: run, person)
            #expect(text("stdout", events) == "201 401 My token is [secret token].\n")
            #expect(events.contains { $0["type"] == "tool_call_start" && $0["data"]?["tool"] == "Bash" })
            let token = try #require(try await person.get("/api/runs/\(run)/token").json["token"]?.text)
            let history = try await bench.sluice("events", run, "--json").output
            #expect(!history.contains(token))
            #expect(history.contains("run:token"))
        }
    }

    /// The server is killed while the agent works: it is gone with it, and the next server has the work done again.
    @Test func itEndsWithTheServerAndIsStartedByTheNext() async throws {
        try await withBench { bench in
            let mark = "sleep \(Int.random(in: 100_000...999_999))"
            let agent = "if test -e again; then echo Done.; else touch again; echo Up.; \(mark); fi\n"
            let first = try await served(bench, agent)
            defer { first.running.send(SIGKILL) }
            let run = try await first.client.orderOfM()
            _ = try await wait(run, first.client) { text("stdout", $0) == "Up.\n" }
            await first.kill()
            while try await processes(mark, bench) > 0 { await Task.yield() }
            let second = try await served(bench, agent, port: first.client.port)
            defer { second.running.send(SIGKILL) }
            let events = try await end(of: run, second.client)
            #expect(text("stdout", events) == "Up.\nDone.\n")
            #expect(events.last?["type"] == "run_completed")
        }
    }

    @Test func whatItPrintsHasALimit() async throws {
        try await withBench { bench in
            let agent = "yes 'All work and no play.' | head -c 9000000; echo Done.\n"
            let server = try await served(bench, agent)
            defer { server.running.send(SIGKILL) }
            let run = try await server.client.orderOfM()
            // Who asks too often is not told.
            let ends: [JSONValue] = ["completed", "failed", "cancelled"]
            while !ends.contains(try await server.client.get("/api/runs/\(run)").json["state"] ?? "") {
                await Task.yield()
            }
            let events = try await events(run, server.client)
            #expect(events.last?["type"] == "run_completed")
            let output = text("stdout", events)
            #expect((8_000_000...8 << 20).contains(output.utf8.count))
            #expect(text("stderr", events) == "[More than 8 MiB was printed; the rest is not recorded.]\n")
        }
    }

    @Test func aProgramThatIsNotThereIsTold() async throws {
        try await withBench { bench in
            let server = try await Served(bench, ["--project-m", #"{"agent":{"run":["no-such-agent"]}}"#])
            defer { server.running.send(SIGKILL) }
            let repository = try await server.client.post("/api/repos", ["name": "shop"]).json["id"]?.text ?? ""
            let answer = try await server.client.post("/api/repos/\(repository)/runs", ["prompt": "Go."])
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["message"] == "'no-such-agent' was not found in PATH.")
            let wrong = try await bench.sluice("serve", "--project-m", #"{"agent":{"run":[]}}"#)
            #expect(wrong.errors == "Option '--project-m.agent.run' must name a program.\n")
        }
    }
}
