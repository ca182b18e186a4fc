import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// A server that is killed again and again, with runs in every state and clients that follow them.
@Suite struct ServerKillTests {
    /// What a run of this test does; each has a project of its own.
    enum Kind: String, CaseIterable {
        /// Ends within one iteration.
        case quick
        /// Takes several, each with a check that lasts.
        case slow
        /// Asks a person after the first check, and goes on with a yes.
        case asking

        static let script = [
            ["calls": [["tool": "file_write", "arguments": ["path": "one.txt", "content": "1\n"]]]] as JSONValue,
            ["text": "Wrote the first."],
            ["calls": [["tool": "file_write", "arguments": ["path": "two.txt", "content": "2\n"]]]],
            ["text": "Wrote the second."],
        ]

        var pipeline: String {
            let (command, human) =
                switch self {
                case .quick: ("test -e one.txt", "never")
                case .slow: ("sleep 0.15; test -e two.txt", "never")
                case .asking: ("test -e two.txt", "after_failed_check")
                }
            return """
                name: \(rawValue)
                model: scripted/script.json
                goal: { gate: command, with: { command: "\(command)" } }
                human: { gate: \(human) }
                """
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func everyRunEndsAndEveryFollowerHasEachEventOnce() async throws {
        try await withBench { bench in
            for kind in Kind.allCases { try bench.write(kind.pipeline, to: "\(kind.rawValue).yaml") }
            try bench.write(JSONValue.array(Kind.script).jsonText, to: "script.json")
            var dice = Dice(seed: 20)
            var stage = try await Stage(bench)
            try await withThrowingDiscardingTaskGroup { group in
                for round in 0..<20 {
                    for kind in Kind.allCases {
                        let follower = try await stage.start("\(kind.rawValue)-\(round)", kind)
                        group.addTask { try await follower.follow() }
                    }
                    if round % 2 == 1 { try await stage.answerAll(but: 1) }
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0..<500, using: &dice)))
                    try await stage.killAndRestart()
                }
                try await stage.finish()
            }
            try await stage.check()
            await stage.end()
        }
    }
}

/// The server as it is now, what was started on it, and who follows.
private struct Stage {
    let bench: Bench
    let port: Int
    var server: Served
    var followers: [Follower] = []
    /// Told whenever the server listens again.
    private var again: [AsyncStream<Void>.Continuation] = []

    init(_ bench: Bench) async throws {
        self.bench = bench
        server = try await Served(bench, ["--runs", "2"])
        port = server.client.port
    }

    mutating func start(_ run: String, _ kind: ServerKillTests.Kind) async throws -> Follower {
        try FileManager.default.createDirectory(atPath: "\(bench.root)/\(run)", withIntermediateDirectories: true)
        let order: JSONValue = ["id": .string(run), "pipeline": .string("\(kind.rawValue).yaml"), "cwd": .string(run)]
        let answer = try await server.client.post("/api/v1/runs", order)
        try #require(answer.status == 201, "\(answer.text)")
        let (turns, turn) = AsyncStream.makeStream(of: Void.self)
        let follower = Follower(run, server.client, turns)
        followers.append(follower)
        again.append(turn)
        turn.yield()
        return follower
    }

    mutating func killAndRestart() async throws {
        await server.kill()
        server = try await Served(bench, port: port, ["--runs", "2"])
        for turn in again { turn.yield() }
    }

    /// Says yes to every open question but some, which stay open over the next restart.
    func answerAll(but kept: Int) async throws {
        let open = try await server.client.get("/api/v1/approvals?limit=500").json["items"]?.elements ?? []
        for question in open.dropFirst(kept) {
            let path = "/api/v1/runs/\(question["run"]?.text ?? "")/approvals/\(question["approval"]?.text ?? "")"
            let answer = try await server.client.post(path, ["decision": "approve"])
            try #require([200, 409].contains(answer.status), "\(answer.text)")
        }
    }

    func finish() async throws {
        while true {
            try await answerAll(but: 0)
            let left = try await server.client.get("/api/v1/runs?status=running,waiting&limit=1").json["items"]
            if left?.elements.isEmpty ?? false { return }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Every run has reached its goal, and whoever followed it was told its whole history, each event once.
    func check() async throws {
        for follower in followers {
            let events = try await bench.events(of: follower.run)
            #expect(RunState(replaying: events).status == .achieved, "\(follower.run)")
            #expect(follower.sequences == Array(1...events.count), "\(follower.run)")
        }
    }

    func end() async {
        let ended = await server.stop()
        #expect(ended.status == 0, "\(ended)")
    }
}
