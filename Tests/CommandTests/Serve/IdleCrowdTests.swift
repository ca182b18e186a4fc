import Foundation
import PipelineKit
import Testing

/// Thousands follow a run that waits for a person.
struct IdleCrowdTests {
    private static let half = 2_500
    private static let count = 2 * half
    /// What the server needs: its connections, and what the engine has open beside them.
    private static let descriptors = count + 1_100

    /// What the system lets a process have, however little it has now; getrlimit(2).
    private static var mostDescriptors: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_max)
    }

    private static func prepare(_ bench: Bench) throws {
        try bench.write(
            """
            name: asking
            model: scripted/script.json
            goal: { gate: command, with: { command: "test -e done.txt" } }
            human: { gate: after_failed_check }
            """,
            to: "asking.yaml"
        )
        let script: JSONValue = [
            ["text": "What next?"],
            ["calls": [["tool": "file_write", "arguments": ["path": "done.txt", "content": "1\n"]]]],
            ["text": "It is done."],
        ]
        try bench.write(script.jsonText, to: "script.json")
    }

    @Test(
        .enabled(
            if: mostDescriptors >= descriptors,
            "A process may have \(mostDescriptors) descriptors here, and needs \(descriptors): raise 'ulimit -Hn'."
        ),
        .timeLimit(.minutes(5))
    )
    func fiveThousandHearTheEnd() async throws {
        try await withBench { bench in
            try Self.prepare(bench)
            try await withServer(bench, ["--connections", "\(Self.count + 100)", "--rate", "1000000"]) { server in
                try await server.client.start("r1", "asking.yaml", in: bench)
                let question = try await server.client.listen(to: "r1") { $0["kind"] == "human_check_required" }
                #expect(question != nil)
                let reports = try await follow(server, bench)
                let row = try await server.client.get("/api/v1/runs/r1").json
                #expect(row["status"] == "achieved")
                let events = try #require(row["events"]?.integer)
                for name in ["healthy:socket", "healthy:retrai"] {
                    let report = try #require(reports[name])
                    #expect(report["endings"] == ["1000": Self.half], "\(report)")
                    #expect(report["last"] == ["\(events)": Self.half], "\(report)")
                    #expect(report["repeated"] == ["0": Self.half], "\(report)")
                    #expect(report.count("tellings") == 1, "\(report)")
                }
                #expect(reports["healthy:socket"]?["messages"] == ["\(events)": Self.half])
                #expect(await server.stop().status == 0)
            }
        }
    }

    /// Approves when all of them are there.
    private func follow(_ server: Served, _ bench: Bench) async throws -> [String: Crowd.Report] {
        let groups = ["healthy:socket": Self.half, "healthy:retrai": Self.half]
        let before = try #require(server.residentKilobytes)
        return try await withCrowd(groups, of: "r1", on: server.client.port, bench) { crowd in
            #expect(await crowd.open() == Self.count)
            #expect(try await server.client.metric("sluice_websockets") ?? 0 >= Self.count)
            let after = try #require(server.residentKilobytes)
            print("\(Self.count) idle WebSockets: \(Double(after - before) / Double(Self.count)) kB resident each")
            let answer = try await server.client.post("/api/v1/runs/r1/approvals/a1", ["decision": "approve"])
            #expect(answer.status == 200, "\(answer.text)")
            return try await crowd.ended()
        }
    }
}
