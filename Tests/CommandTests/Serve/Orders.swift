import Foundation
import PipelineEngine
import PipelineKit
import SocketTesting
import Testing

/// What tests ask of a server again and again.
extension Client {
    /// Starts a run over the native interface, in a project that is made for it.
    @discardableResult
    func start(_ run: String, _ pipeline: String, in bench: Bench, _ more: [String: JSONValue] = [:]) async throws
        -> String
    {
        try FileManager.default.createDirectory(atPath: "\(bench.root)/of-\(run)", withIntermediateDirectories: true)
        let order: [String: JSONValue] = [
            "id": .string(run), "pipeline": .string(pipeline), "cwd": .string("of-\(run)"),
        ]
        let answer = try await post("/api/v1/runs", .object(order.merging(more) { $1 }))
        try #require(answer.status == 201, "\(answer.text)")
        return run
    }

    /// The events of a run, from the first to its end, as its stream brings them; the chain is checked.
    @discardableResult
    func end(of run: String) async throws -> [Event] {
        var events: [Event] = []
        try await follow(run, after: 0) { _, json in
            let line = try EventLine(json.jsonText, after: events.count, head: events.last?.digest ?? Chain.start)
            events.append(line.event)
        }
        guard case .runFinished = events.last?.payload else {
            throw Failure(.unavailable, "The stream of '\(run)' ended after \(events.count) events.")
        }
        return events
    }

    /// Starts a run of Project M, in a repository of its own.
    func orderOfM() async throws -> String {
        let repository = try await post("/api/repos", ["name": "shop"]).json["id"]?.text ?? ""
        let answer = try await post("/api/repos/\(repository)/runs", ["prompt": "Write it down."])
        return try #require(answer.json["id"]?.text, "\(answer.text)")
    }

    /// The questions of all runs that are open.
    func questions() async throws -> [JSONValue] {
        try await get("/api/v1/approvals").json["items"]?.elements ?? []
    }

    /// Names of the runs in these states.
    func runs(_ statuses: String) async throws -> [String] {
        let rows = try await get("/api/v1/runs?status=\(statuses)&limit=500").json["items"]?.elements ?? []
        return rows.compactMap { $0["run"]?.text }
    }

    /// A figure of `/metrics`.
    func metric(_ name: String) async throws -> Int? {
        let lines = try await get("/metrics").text.split(separator: "\n")
        return lines.first { $0.hasPrefix("\(name) ") }?.split(separator: " ").last.flatMap { Int($0) }
    }
}

extension [Event] {
    /// The status with which the run ended; `nil` for one that has not.
    var end: RunStatus? {
        guard case .runFinished(let status, _) = last?.payload else { return nil }
        return status
    }

    /// Who answered a question of this run, and when.
    func resolution(of approval: ApprovalID) -> (answer: Resolution, at: Instant)? {
        for event in self {
            if case .approvalResolved(approval, let answer) = event.payload { return (answer, event.at) }
        }
        return nil
    }
}
