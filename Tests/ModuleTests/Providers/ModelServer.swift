import Foundation
import Testing

/// A program of `Tests/Fixtures/Servers` that runs for as long as a suite does.
struct ModelServer: Sendable {
    @TaskLocal static var current: ModelServer?

    let port: Int

    func url(_ path: String, scheme: String = "http") -> String { "\(scheme)://127.0.0.1:\(port)\(path)" }

    static var fixtures: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures")
    }

    /// Starts the server, and ends it when the body has.
    static func run<Result>(_ arguments: [String] = [], _ body: (ModelServer) async throws -> Result) async throws
        -> Result
    {
        let process = Process()
        let output = Pipe()
        let input = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", fixtures.appending(path: "Servers/model_server.py").path] + arguments
        process.standardOutput = output
        process.standardInput = input  // the server ends with it, even when this process is killed
        let ends = AsyncStream<Void> { ended in process.terminationHandler = { _ in ended.finish() } }
        try process.run()
        // Not `terminate`: the child inherits a mask that blocks SIGTERM from the thread that starts it.
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)), "The server did not start.")
        let result = try await body(ModelServer(port: port))
        kill(process.processIdentifier, SIGKILL)
        for await _ in ends {}
        return result
    }
}

/// Gives a suite a server of its own.
struct ModelServerTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await ModelServer.run { server in
            try await ModelServer.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == ModelServerTrait {
    static var modelServer: Self { ModelServerTrait() }
}
