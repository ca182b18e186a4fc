import Foundation
import PipelineEngine
import PipelineKit
import SocketTesting
import Testing

/// The end of a server, as a service manager asks for it.
@Suite(.timeLimit(.minutes(5)))
struct StopTests {
    private static let pipeline = """
        name: slow
        model: scripted/script.json
        goal: { gate: command, with: { command: "test -e $HOME/go || sleep 1000; test -e done.txt" } }
        workspace: { sandbox: off }
        """

    @Test func streamsAreToldToGoAndRunsAreGivenBack() async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "slow.yaml")
            let script: JSONValue = [
                ["calls": [["tool": "file_write", "arguments": ["path": "done.txt", "content": "1\n"]]]],
                ["text": "It is done."],
            ]
            try bench.write(script.jsonText, to: "script.json")
            let clock = ContinuousClock()
            let (closed, took) = try await withServer(bench, ["--grace", "500ms"]) { server in
                let port = server.client.port
                for run in ["r1", "r2"] { try await server.client.start(run, "slow.yaml", in: bench) }
                return try await withThrowingTaskGroup(of: RunStream.News?.self) { group in
                    let there = Arrivals(4)
                    for form in [RunStream.Form.socket, .retrAI, .socket, .retrAI] {
                        group.addTask { try await onThread { Self.close(form, port, there) } }
                    }
                    await there.all()
                    let began = clock.now
                    server.running.send(SIGTERM)
                    let ended = await server.running.ended()
                    #expect(ended.status == 0, "\(ended)")
                    return (try await group.reduce(into: []) { $0.append($1) }, clock.now - began)
                }
            }
            #expect(closed == Array(repeating: .closed(1001, "The server is shutting down."), count: 4))
            #expect(took < Self.lease)
            try await expectTakenUp(bench)
        }
    }

    /// Listens until the check of the run is under way, and then until the stream ends.
    private static func close(_ form: RunStream.Form, _ port: Int, _ there: Arrivals) -> RunStream.News? {
        guard let stream = RunStream(form, of: "r1", on: port) else { return nil }
        while case .sequence(let sequence) = stream.next(), sequence < 3, form == .socket {}
        there.one()
        while let news = stream.next() {
            if case .closed = news { return news }
        }
        return nil
    }

    /// Shorter than a lease of 30 s, and longer than anything else takes on a busy machine.
    private static let lease = Duration.seconds(25)

    /// Nobody waits for a lease to run out.
    private func expectTakenUp(_ bench: Bench) async throws {
        try bench.write("", to: "home/go")
        let clock = ContinuousClock()
        let began = clock.now
        try await withServer(bench) { server in
            for run in ["r1", "r2"] {
                let events = try await server.client.end(of: run)
                #expect(events.end == .achieved)
            }
            #expect(clock.now - began < Self.lease)
            #expect(await server.stop().status == 0)
        }
    }

    /// Whatever it would otherwise wait for: 5 s is what is promised, and the grace that it is given here is longer.
    @Test func anIdleServerWaitsForNothingAtItsEnd() async throws {
        try await withBench { bench in
            try await withServer(bench, ["--grace", "60s"]) { server in
                let listed = try await server.client.get("/api/v1/runs")
                #expect(listed.status == 200)
                let began = ContinuousClock.now
                #expect(await server.stop().status == 0)
                let took = ContinuousClock.now - began
                print("an idle server ended in \(took)")
                #expect(took < .seconds(50))
            }
        }
    }
}
