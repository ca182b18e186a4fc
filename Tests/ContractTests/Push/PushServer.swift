import Foundation
import PipelineKit
import ProcessKit
import Testing

/// What stands for those who carry messages, in a Python of the project's own.
enum PushServer {
    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    private static func interpreter() throws -> String {
        let path = root.appending(path: ".venv-push/bin/python3").path
        try #require(FileManager.default.isExecutableFile(atPath: path), "There is no '\(path)'. Make it: make push")
        return path
    }

    /// Runs a program of that Python on some input, and returns what it printed.
    static func python(_ program: String, _ arguments: [String] = [], input: [UInt8] = []) async throws -> String {
        let ended = try await ProcessKit.run(
            Command(try interpreter(), ["-c", program] + arguments, in: "/", input: input)
        )
        try #require(ended.status == 0, "\(ended.output.text)\(ended.errors.text)")
        return ended.output.text.trimmed
    }

    /// Starts a server of `Tests/Fixtures/Servers`, and ends it when the body has.
    ///
    /// - Parameter body: Is given the port.
    static func run(
        _ script: String,
        _ arguments: [String],
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        let path = root.appending(path: "Tests/Fixtures/Servers/\(script)").path
        let command = Command(try interpreter(), [path] + arguments, in: "/", timeout: .seconds(600))
        try await withThrowingTaskGroup(of: Void.self) { group in
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
            try await body(try #require(Int(line.trimmed), "The server said: \(line)"))
            group.cancelAll()
        }
    }

    /// A directory with keys as Apple gives them: `key.p8` and `public.pem`; another kind in `other.p8`, one with a passphrase
    /// in `locked.p8`.
    static func withKeys(_ body: (_ directory: String) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "push-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let script = """
            set -e
            openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out key.p8
            openssl ec -in key.p8 -pubout -out public.pem 2>&1
            openssl ecparam -name secp384r1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out other.p8
            openssl pkcs8 -topk8 -in key.p8 -passout pass:secret -out locked.p8
            """
        let ended = try await ProcessKit.run(Command("sh", ["-c", script], in: directory))
        try #require(ended.status == 0, "\(ended.output.text)")
        try await body(directory)
    }
}
