import Foundation
import HTTPKit
import MContract
import PipelineEngine
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// What tests ask of the interface of Project M.
extension ContractBench {
    /// Serves runs that this model works in.
    static func servingM(
        _ model: String,
        pipeline: String = "task",
        sideBySide: Bool = false,
        patience: Duration = .seconds(300),
        as principal: Principal? = Principal(name: "ada"),
        _ body: (ContractBench) async throws -> Void
    ) async throws {
        let chain = try #require(ModelName("notes/\(model)").map { ModelChain($0) })
        var runs = M.RunSettings()
        (runs.pipeline, runs.sideBySide, runs.patience) = (pipeline, sideBySide, patience)
        try await serving(m: M.Settings(runs: runs, model: chain), as: principal, body)
    }

    func repository(_ members: [String: JSONValue] = [:]) async throws -> String {
        let response = try await client.post("/api/repos", .object(["name": "shop"].merging(members) { $1 }))
        try #require(response.status == .created, "\(response.bodyText)")
        return try #require(try response.json()["id"]?.text)
    }

    /// Starts a run in a repository of its own.
    func ordered(_ prompt: String = "Do it.") async throws -> String {
        let response = try await client.post("/api/repos/\(repository())/runs", ["prompt": .string(prompt)])
        try #require(response.status == .created, "\(response.bodyText)")
        return try #require(try response.json()["id"]?.text)
    }

    /// Waits until a run stands like this.
    func wait(for state: String, of run: String) async throws {
        let stream = try await client.open("/api/runs/\(run)/events")
        let frame = try await stream.next { $0["type"] == "state" && $0["state"]?.text == state }
        await stream.leave()
        try #require(frame != nil, "The run was never \(state).")
    }

    /// Waits until a run asks for something to be allowed.
    ///
    /// - Returns: the id of the question.
    func asked(by run: String) async throws -> String {
        let stream = try await client.open("/api/runs/\(run)/events")
        let frame = try await stream.next { $0["event"]?["type"] == "approval_requested" }
        await stream.leave()
        return try #require(frame?["event"]?["data"]?["approval_id"]?.text)
    }

    /// All frames of a run, to its end; an independent reader of JSON Schema finds nothing wrong with any of them.
    ///
    /// - Parameter number: After which to begin.
    func frames(of run: String, from number: Int? = nil) async throws -> [JSONValue] {
        let from = number.map { "?from_seq=\($0)" } ?? ""
        let (frames, code) = try await client.listen("/api/runs/\(run)/events" + from)
        #expect(code == 1000)
        // It takes its time, and of many frames most are alike.
        #expect(try await mistakes(in: Array(frames.prefix(1_000) + frames.suffix(1_000))) == [:])
        return frames
    }

    /// What an independent reader of JSON Schema says of frames: mistakes by their places; none for right ones.
    private func mistakes(in frames: [JSONValue]) async throws -> JSONValue {
        let file = "\(directory)/\(UUID().uuidString).json"
        try JSONValue.array(frames).jsonText.write(toFile: file, atomically: true, encoding: .utf8)
        let package = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let script = "\(package)/Tests/Fixtures/schema.py"
        let schema = "\(package)/Tests/Fixtures/Contracts/m_frames.schema.json"
        let finished = try await run(Command("\(package)/.venv/bin/python3", [script, schema, file], in: directory))
        try #require(finished.status == 0, "\(finished.errors.text)")
        return try #require(try JSONValue(parsing: finished.output.text)["mistakes"])
    }
}

extension [JSONValue] {
    /// The types of the events among frames.
    var types: [String] { compactMap { $0["event"]?["type"]?.text } }
    var numbers: [Int] { compactMap { $0["event"]?["seq"]?.integer } }
    var states: [String] { compactMap { $0["type"] == "state" ? $0["state"]?.text : nil } }
}

/// The error of an answer, in one line: `404 not_found run not found`.
func refusal(_ response: HTTPResponse) throws -> String {
    let error = try response.json()["error"]
    return "\(response.status.code) \(error?["code"]?.text ?? "?") \(error?["message"]?.text ?? "?")"
}
