import Foundation
import ProcessKit
import Testing

/// Runs a program of the project's Python on some input, and returns what it printed.
func python(_ program: String, _ input: [UInt8] = []) async throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let interpreter = root.appending(path: ".venv/bin/python3").path
    try #require(
        FileManager.default.isExecutableFile(atPath: interpreter),
        "There is no '\(interpreter)'. Make it: make python"
    )
    let ended = try await run(Command(interpreter, ["-c", program], in: "/", input: input))
    try #require(ended.status == 0, "\(ended.output.text)\(ended.errors.text)")
    return ended.output.text
}

/// What gzip(1) makes of some bytes.
func gunzip(_ bytes: [UInt8]) async throws -> [UInt8] {
    try await run(Command("gzip", ["-dc"], in: "/", input: bytes)).output.bytes
}
