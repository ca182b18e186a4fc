import Foundation
import Testing

/// Runs a program of the project's Python on some input, and returns what it printed.
func python(_ program: String, _ input: [UInt8]) throws -> String {
    let ended = try runPython(program, input)
    try #require(ended.status == 0, "\(ended.output)")
    return ended.output
}

/// As ``python(_:_:)``, for where no test is under way to which a failure would belong.
func runPython(_ program: String, _ input: [UInt8]) throws -> (output: String, status: Int32) {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let interpreter = root.appending(path: ".venv/bin/python3")
    try #require(
        FileManager.default.isExecutableFile(atPath: interpreter.path),
        "There is no '\(interpreter.path)'. Make it: make python"
    )
    let file = FileManager.default.temporaryDirectory.appending(path: "input-\(UUID().uuidString)")
    try Data(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = interpreter
    process.arguments = ["-c", program]
    process.standardInput = try FileHandle(forReadingFrom: file)
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (output, process.terminationStatus)
}
