import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// `sluice watch`: a run that somebody else works on.
@Suite(.timeLimit(.minutes(5)))
struct WatchTests {
    /// A run that stands still in its first check until there is `home/go`.
    private func prepare(_ bench: Bench, goal: String = "test -e done.txt") throws {
        try bench.write(
            """
            name: held
            model: scripted/script.json
            limits: { iterations: 1 }
            goal: { gate: command, with: { command: "until test -e $HOME/go; do sleep 0.05; done; \(goal)" } }
            workspace: { sandbox: off }
            """,
            to: "held.yaml"
        )
        let script: JSONValue = [
            ["calls": [["tool": "file_write", "arguments": ["path": "done.txt", "content": "1\n"]]]],
            ["text": "It is done."],
        ]
        try bench.write(script.jsonText, to: "script.json")
    }

    private func letGo(_ bench: Bench) throws {
        try bench.write("", to: "home/go")
    }

    @Test(arguments: [("test -e done.txt", 0), ("test -e never.txt", 1)])
    func theEndOfTheRunIsTheStatus(goal: String, status: Int) async throws {
        try await withBench { bench in
            try prepare(bench, goal: goal)
            try await withServer(bench) { server in
                try await server.client.start("r1", "held.yaml", in: bench)
                let address = "http://127.0.0.1:\(server.client.port)"
                let local = try bench.start(["watch", "r1", "--json"])
                let remote = try bench.start(["watch", "last", "--json", "--server", address])
                await local.wait(for: "check.started")
                await remote.wait(for: "check.started")
                try letGo(bench)
                let (here, there) = (await local.ended(), await remote.ended())
                let events = try await bench.events(of: "r1")
                #expect(try Bench.events(in: here.output) == events)
                #expect(try Bench.events(in: there.output) == events)
                #expect((here.status, there.status) == (status, status), "\(here.errors)\(there.errors)")
                #expect(here.errors + there.errors == "")
            }
        }
    }

    /// Joined over two restarts, each event is told once.
    @Test func whoWatchesAServerMissesNothingWhenItStartsAnew() async throws {
        try await withBench { bench in
            try prepare(bench)
            let first = try await Served(bench)
            let port = first.client.port
            try await first.client.start("r1", "held.yaml", in: bench)
            let watch = try bench.start(["watch", "r1", "--json", "--server", "http://127.0.0.1:\(port)"])
            await watch.wait(for: "check.started")
            await first.kill()
            let second = try await Served(bench, port: port)
            await second.stop()
            try await withServer(bench, port: port) { server in
                try letGo(bench)
                let ended = await watch.ended()
                #expect(ended.status == 0, "\(ended)")
                let events = try await bench.events(of: "r1")
                #expect(try Bench.events(in: ended.output) == events)
                #expect(await server.stop().status == 0)
            }
        }
    }

    @Test(
        arguments: [
            (
                "127.0.0.1:8000", 64,
                "Option '--server' must be an address such as http://127.0.0.1:8000, but is '127.0.0.1:8000'.\n"
            ),
            (
                "http://a b", 64,
                "Option '--server' must be an address such as http://127.0.0.1:8000, but is 'http://a b'.\n"
            ),
            (
                "http://127.0.0.1:1", 70,
                "http://127.0.0.1:1 cannot be reached: No connection to '127.0.0.1:1': Connection refused.\n"
            ),
            (
                "http://no-such-host.invalid", 70,
                "http://no-such-host.invalid cannot be reached: There is no address for the host 'no-such-host.invalid'.\n"
            ),
        ]
    )
    func anAddressThatIsNoneIsTold(address: String, status: Int, sentence: String) async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("watch", "r1", "--server", address)
            #expect(ended.errors == sentence)
            #expect(ended.status == status)
            #expect(ended.output == "")
        }
    }

    @Test func aRunThatIsNotThereIsTold() async throws {
        try await withBench { bench in
            let here = try await bench.sluice("watch", "r1")
            #expect((here.errors, here.status) == ("There is no run 'r1'. 'sluice runs' lists them.\n", 64))
            let none = try await bench.sluice("watch")
            #expect(none.errors == "There is no run yet. Start one: sluice run pytest --model PROVIDER/MODEL\n")
            try await withServer(bench) { server in
                let address = "http://127.0.0.1:\(server.client.port)"
                let there = try await bench.sluice("watch", "r1", "--server", address)
                #expect((there.errors, there.status) == ("\(address): There is no run 'r1'.\n", 64))
                let last = try await bench.sluice("watch", "--server", address + "/")
                #expect((last.errors, last.status) == ("There is no run on \(address) yet.\n", 64))
            }
        }
    }

    @Test func aKeyIsAskedFor() async throws {
        try await withBench { bench in
            #expect(try await bench.sluice("key", "add", "ci").status == 0)
            try await withServer(bench) { server in
                let address = "http://127.0.0.1:\(server.client.port)"
                let refused = try await bench.sluice("watch", "r1", "--server", address)
                #expect(
                    refused.errors == """
                        \(address): This server asks for a key: send 'Authorization: Bearer KEY' or 'X-API-Key: KEY'. Put the \
                        key into the environment as SLUICE_KEY.

                        """
                )
                #expect(refused.status == 64)
            }
        }
    }
}
