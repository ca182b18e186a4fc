import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Many follow one run, some of them badly, and none of them matters to another or to the run.
@Suite struct SubscriberTests {
    /// Forty that read, five that do not before the run is over, five that come back again and again.
    private static let crowd = [
        "healthy:socket": 14, "healthy:events": 13, "healthy:retrai": 13,
        "silent:socket": 2, "silent:events": 1, "silent:retrai": 2,
        "restless:socket": 2, "restless:events": 2, "restless:retrai": 1,
    ]
    private static let callsOfReply = 120

    /// Stands still until somebody writes into the pipe, reads the same file again and again, and holds at the end.
    private static func prepare(_ bench: Bench) throws {
        try bench.write(
            """
            name: reader
            model: scripted/script.json
            tools: { allow: [file_read] }
            workspace: { sandbox: off }
            goal:
              gate: command
              with: { command: 'run="$HOME/$(cat run.txt)"; test -e $run.begun || { cat $run > $run.begun; false; }' }
            """,
            to: "reader.yaml"
        )
        let call: JSONValue = ["tool": "file_read", "arguments": ["path": "large.txt"]]
        let calls = JSONValue.array(Array(repeating: call, count: callsOfReply))
        let script = Array(repeating: ["calls": calls] as JSONValue, count: 2) + [["text": "I have read it."]]
        try bench.write(JSONValue.array(script).jsonText, to: "script.json")
    }

    @Test(.timeLimit(.minutes(5)))
    func whoReadsBadlyMattersToNobody() async throws {
        try await withBench { bench in
            try Self.prepare(bench)
            try await withServer(bench) { server in
                // What nobody reads has to be more than a server and two systems keep for a client.
                try await Self.play("first", lines: 600, bench, server)
                let before = try #require(server.residentKilobytes)
                try await Self.play("second", lines: 600, bench, server)
                let after = try #require(server.residentKilobytes)
                #expect(after - before < 32 << 10, "\(before) kB before, \(after) kB after")
                #expect(try await server.client.metric("sluice_slow_clients_dropped") ?? 0 >= 1)
                let ended = await server.stop()
                #expect(ended.status == 0, "\(ended)")
            }
        }
    }

    /// Plays a run to its end before the crowd.
    private static func play(_ run: String, lines: Int, _ bench: Bench, _ server: Served) async throws {
        let text = String(repeating: "all work and no play makes a dull test\n", count: lines)
        try bench.write(text, to: "of-\(run)/large.txt")
        try bench.write(run, to: "of-\(run)/run.txt")
        let pipe = "\(bench.root)/home/\(run)"
        try await bench.run("mkfifo", pipe)
        try await server.client.start(run, "reader.yaml", in: bench)
        let reports = try await withCrowd(crowd, of: run, on: server.client.port, bench) { crowd in
            #expect(await crowd.open() == Self.crowd.values.reduce(0, +))
            try await bench.run("sh", "-c", "echo go > \(pipe)")
            try await crowd.readRest()
            return try await crowd.ended()
        }
        let row = try await server.client.get("/api/v1/runs/\(run)").json
        #expect(row["status"] == "achieved")
        try check(reports, events: try #require(row["events"]?.integer))
    }

    private static func check(_ reports: [String: Crowd.Report], events: Int) throws {
        let healthy = try #require(reports["healthy:retrai"])
        for (name, count) in crowd {
            let report = try #require(reports[name])
            #expect(report["first"] == ["1": count], "\(report)")
            #expect(report["repeated"] == ["0": count], "\(report)")
            // Not every event is a message of retrAI; which are is the same for all.
            if name.hasSuffix("retrai") {
                #expect(report["skipped"].keys == healthy["skipped"].keys, "\(report)")
            } else {
                #expect(report["skipped"] == ["0": count], "\(report)")
            }
            if name.hasPrefix("silent") {
                #expect(report["endings"].keys.allSatisfy(endsOfSilence.contains), "\(report)")
            } else {
                try checkWhole(report, name, count, events, like: healthy)
            }
        }
    }

    /// Those that read have everything, and those that say the same were told the same.
    private static func checkWhole(
        _ report: Crowd.Report,
        _ name: String,
        _ count: Int,
        _ events: Int,
        like healthy: Crowd.Report
    ) throws {
        #expect(report["last"] == ["\(events)": count], "\(report)")
        let messages = name.hasSuffix("retrai") ? try #require(healthy["messages"].keys.first) : "\(events)"
        #expect(report["messages"] == [messages: count], "\(report)")
        #expect(report["endings"] == [name.hasSuffix("events") ? "end" : "1000": count], "\(report)")
        #expect(report.count("tellings") == 1, "\(report)")
        let visits = try #require(report.count("visits"))
        // How often a busy machine has one cut off is not said.
        #expect(visits >= (name.hasPrefix("restless") ? 2 * count + 1 : count), "\(report)")
    }

    /// The system kept everything for it, or the server dropped it: a WebSocket in order, a response by its end.
    private static let endsOfSilence: Set = ["1000", "1013", "end"]
}

extension Served {
    /// Memory that the server has in use; proc_pid_status(5).
    var residentKilobytes: Int? {
        let status = try? String(contentsOfFile: "/proc/\(running.pid)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }
}
