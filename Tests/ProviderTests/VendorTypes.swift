import Foundation
import ProcessKit
import Testing

/// Request bodies against the types of a vendor's own library.
enum VendorTypes {
    /// - Parameter script: Of `Tests/Fixtures/Servers`.
    /// - Returns: `ok`, or what is wrong.
    static func verdict(of script: String, on body: [UInt8]) async throws -> String {
        let root = ModelServer.fixtures.deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".venv/bin/python3")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "There is no '.venv': run 'python3 -m venv .venv && .venv/bin/pip install -r Tests/Fixtures/python-requirements.txt'."
        )
        let path = ModelServer.fixtures.appending(path: "Servers/\(script)").path
        let ended = try await run(Command(python.path, [path], in: "/", input: body))
        return (ended.output.text + ended.errors.text).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
