import Foundation
import PipelineEngine
import PipelineKit
import SocketTesting
import Testing

/// Many follow one run, some of them badly, and none of them matters to another or to the run.
@Suite struct SubscriberTests {
    private static let callsOfReply = 30

    /// Stands still until somebody writes into the pipe, reads the same file again and again, and holds at the end.
    private static func prepare(_ bench: Bench) async throws {
        try bench.write(
            """
            name: reader
            model: scripted/short.json
            tools: { allow: [file_read] }
            goal:
              gate: command
              with: { command: 'run="$HOME/$(cat run.txt)"; test -e $run.begun || { cat $run > $run.begun; false; }' }
            """,
            to: "reader.yaml"
        )
        let call: JSONValue = ["tool": "file_read", "arguments": ["path": "large.txt"]]
        let calls = JSONValue.array(Array(repeating: call, count: callsOfReply))
        for (name, replies) in [("short", 5), ("long", 12)] {
            let script = Array(repeating: ["calls": calls] as JSONValue, count: replies) + [["text": "I have read it."]]
            try bench.write(JSONValue.array(script).jsonText, to: "\(name).json")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func whoReadsBadlyMattersToNobody() async throws {
        try await withBench { bench in
            try await Self.prepare(bench)
            try await withServer(bench) { server in
                let crowd = Crowd(bench: bench, server: server)
                _ = try await crowd.play("warm", followers: [])
                let before = try #require(crowd.residentKilobytes)
                var (alone, followed): ([Duration], [Duration]) = ([], [])
                for round in 0..<3 {
                    alone.append(try await crowd.play("alone-\(round)", followers: []))
                    followed.append(try await crowd.play("followed-\(round)", followers: Crowd.healthy))
                }
                // What nobody reads has to be more than a server and two systems keep for a client.
                _ = try await crowd.play("mixed", "long", followers: Crowd.mixed, lines: 400)
                let after = try #require(crowd.residentKilobytes)
                #expect(after - before < 96 << 10, "\(before) kB before, \(after) kB after")
                let (slow, quick) = (followed.sorted()[1], alone.sorted()[1])
                print("50 followers: \(slow) with, \(quick) without (medians of 3); \(before) kB, then \(after) kB")
                #expect(try await server.client.metric("sluice_slow_clients_dropped") ?? 0 >= 1)
                let ended = await server.stop()
                #expect(ended.status == 0, "\(ended)")
            }
        }
    }
}

/// One run after the other, each followed by fifty clients or by none.
private struct Crowd {
    enum Follower: Hashable {
        case healthy(RunStream.Form)
        /// Reads nothing before the run is over.
        case silent(RunStream.Form)
        /// Leaves after a few events and comes back with what it has, again and again.
        case restless(RunStream.Form)
    }

    /// Fifty that read.
    static let healthy = forms(50).map(Follower.healthy)
    /// Forty that read, five that do not, five that come back again and again.
    static let mixed =
        forms(40).map(Follower.healthy) + forms(5).map(Follower.silent)
        + [.socket, .events, .socket, .events, .socket].map(Follower.restless)

    private static func forms(_ count: Int) -> [RunStream.Form] {
        (0..<count).map { RunStream.Form.allCases[$0 % RunStream.Form.allCases.count] }
    }

    let bench: Bench
    let server: Served

    /// What a follower was told.
    private struct Told: Sendable {
        var follower: Follower
        var sequences: [Int] = []
        var close: Int?
    }

    /// Plays a run to its end.
    ///
    /// - Returns: how long it took, from the first question to the model on.
    func play(_ run: String, _ script: String = "short", followers: [Follower], lines: Int = 20) async throws
        -> Duration
    {
        let project = "of-\(run)"
        try bench.write(
            String(repeating: "all work and no play makes a dull test\n", count: lines),
            to: "\(project)/large.txt"
        )
        try bench.write(run, to: "\(project)/run.txt")
        let pipe = "\(bench.root)/home/\(run)"
        try await bench.run("mkfifo", pipe)
        try await server.client.start(run, "reader.yaml", in: bench, ["model": .string("scripted/\(script).json")])
        let there = Arrivals(followers.count)
        let told = try await withThrowingTaskGroup(of: Told.self) { group in
            for follower in followers {
                group.addTask { [port = server.client.port] in
                    try await onThread { try Self.follow(run, port, follower, there) }
                }
            }
            await there.all()
            try await bench.run("sh", "-c", "echo go > \(pipe)")
            try await waitForEnd(of: run)
            there.runIsOver()
            return try await group.reduce(into: [Told]()) { $0.append($1) }
        }
        return try await check(run, told)
    }

    private func waitForEnd(of run: String) async throws {
        let last = try await onThread { [port = server.client.port] in
            var told = Told(follower: .healthy(.socket))
            Self.take(from: try Self.open(.socket, run, port), &told)
            return told.close
        }
        #expect(last == 1000)
    }

    /// - Returns: how long the run took.
    private func check(_ run: String, _ told: [Told]) async throws -> Duration {
        let row = try await server.client.get("/api/v1/runs/\(run)").json
        #expect(row["status"] == "achieved")
        let count = try #require(row["events"]?.integer)
        check(told, count)
        let path = "/api/v1/runs/\(run)/events?limit=10"
        let early = try await server.client.get(path).json["items"]?.elements ?? []
        let last = try await server.client.get("\(path)&after=\(count - 1)").json["items"]?.elements.first
        let first = early.first { $0["type"] == "model.requested" }
        return try #require(last?["at"]?.text.flatMap(Instant.init))
            - (try #require(first?["at"]?.text.flatMap(Instant.init)))
    }

    private func check(_ told: [Told], _ count: Int) {
        let all = Array(1...count)
        let ofRetrAI = told.first { $0.follower == .healthy(.retrAI) }?.sequences
        for one in told {
            switch one.follower {
            case .healthy(.retrAI):
                #expect(one.sequences == ofRetrAI)
                #expect(one.sequences == one.sequences.sorted())
                #expect(one.close == 1000)
                #expect(one.sequences.last == count)
            case .healthy(let form):
                #expect(one.sequences == all)
                #expect(one.close == (form == .socket ? 1000 : nil))
            case .restless: #expect(one.sequences == all)
            case .silent: #expect(one.sequences == one.sequences.sorted())
            }
        }
    }

    private static func follow(_ run: String, _ port: Int, _ follower: Follower, _ there: Arrivals) throws -> Told {
        var told = Told(follower: follower)
        switch follower {
        case .healthy(let form):
            let stream = try open(form, run, port)
            there.one()
            take(from: stream, &told)
        case .silent(let form):
            let stream = try open(form, run, port, buffer: 4096)
            there.one()
            there.waitForEnd()
            take(from: stream, &told)
        case .restless(let form):
            there.one()
            while told.sequences.isEmpty || told.close == nil {
                let stream = try open(form, run, port, after: told.sequences.last ?? 0)
                let isOver = take(from: stream, &told, most: 113)
                stream.vanish()
                if isOver { break }
            }
        }
        return told
    }

    private static func open(
        _ form: RunStream.Form,
        _ run: String,
        _ port: Int,
        after: Int = 0,
        buffer: Int32 = 0
    ) throws -> RunStream {
        guard let stream = RunStream(form, of: run, on: port, after: after, buffer: buffer) else {
            throw Failure(.unavailable, "No stream of '\(run)' after \(after).")
        }
        return stream
    }

    /// - Returns: whether the stream ended before so many events had come.
    @discardableResult
    private static func take(from stream: RunStream, _ told: inout Told, most: Int = .max) -> Bool {
        for _ in 0..<most {
            switch stream.next() {
            case .sequence(let sequence): told.sequences.append(sequence)
            case .closed(let code, _):
                told.close = code
                return true
            case nil: return true
            }
        }
        return false
    }

    /// Memory that the server has in use; proc_pid_status(5).
    var residentKilobytes: Int? {
        let lines = bench.read("/proc/\(server.running.pid)/status")?.split(separator: "\n")
        let line = lines?.first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }
}
