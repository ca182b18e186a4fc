import Foundation
import ProcessKit
import Testing

/// A program of `Tests/Fixtures/Servers` that runs for as long as a suite does.
struct ModelServer: Sendable {
    @TaskLocal static var current: ModelServer?

    let port: Int

    func url(_ path: String, scheme: String = "http") -> String { "\(scheme)://127.0.0.1:\(port)\(path)" }

    static var fixtures: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
    }

    /// Starts the server, and ends it when the body has.
    static func run<Result>(
        _ script: String = "model_server.py",
        _ arguments: [String] = [],
        python: String = "python3",
        environment: [String: String] = [:],
        _ body: (ModelServer) async throws -> Result
    ) async throws -> Result {
        let path = fixtures.appending(path: "Servers/\(script)").path
        let command = Command(
            python,
            [path] + arguments,
            in: "/",
            environment: environment,
            timeout: .seconds(1_800)
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let (output, said) = AsyncStream<String>.makeStream()
            group.addTask {
                defer { said.finish() }
                _ = try await ProcessKit.run(command) { said.yield($0) }
            }
            var line = ""
            for await piece in output {
                line += piece
                if line.contains("\n") { break }
            }
            let port = try #require(
                Int(line.trimmingCharacters(in: .whitespacesAndNewlines)),
                "The server said: \(line)"
            )
            let result = try await body(ModelServer(port: port))
            group.cancelAll()
            return result
        }
    }
}

/// Gives a suite a server of its own.
struct ModelServerTrait: SuiteTrait, TestScoping {
    var script = "model_server.py"

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await ModelServer.run(script) { server in
            try await ModelServer.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == ModelServerTrait {
    static var modelServer: Self { ModelServerTrait() }
    static var faultyServer: Self { ModelServerTrait(script: "faulty_server.py") }
}
