import Foundation
import PipelineKit
import Testing

/// Many followers of one run, all played by one process; `Tests/Support/Followers` says what it can do.
struct Crowd {
    /// What the followers of one group were told.
    struct Report: CustomStringConvertible {
        private let json: JSONValue

        fileprivate init(_ json: JSONValue) { self.json = json }

        /// Of a figure, how many followers have which value.
        subscript(figure: String) -> [String: Int] { json[figure]?.members.compactMapValues(\.integer) ?? [:] }

        /// A figure of the group as a whole.
        func count(_ figure: String) -> Int? { json[figure]?.integer }

        var description: String { json.jsonText }
    }

    private let running: Running

    /// - Parameter groups: `healthy:socket` and how many.
    init(_ groups: [String: Int], of run: String, on port: Int, _ bench: Bench) throws {
        let options = ["--port", "\(port)", "--run", run, "--seconds", "120"]
        running = try bench.start(
            program: "Followers",
            options + groups.sorted { $0.key < $1.key }.map { "\($0):\($1)" }
        )
    }

    /// Waits until every handshake is over.
    ///
    /// - Returns: how many were given the stream.
    func open() async -> Int? { await next("open") }

    /// Waits until all streams have ended but those that nobody reads, and has them read then.
    func readRest() async throws {
        try #require(await next("read") != nil)
        try running.write("read\n")
    }

    private func next(_ name: String) async -> Int? {
        await running.next().flatMap { try? JSONValue(parsing: $0) }?[name]?.integer
    }

    /// Waits until all streams have ended.
    ///
    /// - Returns: the reports, by the names of the groups.
    func ended() async throws -> [String: Report] {
        let ended = await running.ended()
        try #require(ended.status == 0, "\(ended)")
        let lines = try ended.lines.map { try JSONValue(parsing: $0) }
        let named = lines.compactMap { line in line["group"]?.text.map { ($0, Report(line)) } }
        return Dictionary(uniqueKeysWithValues: named)
    }

    /// Ends the process as one whose test is over.
    func kill() { running.send(SIGKILL) }
}

/// Hands over a crowd, which is gone afterwards however the body ends.
func withCrowd<Value>(
    isolation: isolated (any Actor)? = #isolation,
    _ groups: [String: Int],
    of run: String,
    on port: Int,
    _ bench: Bench,
    _ body: (Crowd) async throws -> Value
) async throws -> Value {
    let crowd = try Crowd(groups, of: run, on: port, bench)
    defer { crowd.kill() }
    return try await body(crowd)
}
