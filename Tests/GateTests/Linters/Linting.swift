import Foundation
import PipelineKit
import PipelineTesting
import Testing

/// Judges a project in a directory of its own, by a program of the tests' own environment.
func linted<G: Gate>(
    _ type: G.Type,
    _ files: [String: String],
    _ settings: JSONValue = [:],
    program: String? = nil
) async throws -> Verdict {
    try await withTemporaryWorkspace(files) { workspace in
        try await withTemporaryWorkspace { scratch in
            var members = settings.members
            if members["program"] == nil, let program { members["program"] = .string(try pythonProgram(program)) }
            let gate = try G(settings: G.Settings(json: .object(members)))
            do throws(Failure) {
                return try await gate.judge(workspace, in: GateContext(scratch: { scratch.path }))
            } catch {
                var error = error
                error.message = error.message.replacing(workspace.path, with: "TREE")
                throw error
            }
        }
    }
}

/// The path of a program that the Makefile installs.
func pythonProgram(_ name: String) throws -> String {
    let path = PythonProject.packageRoot + ".venv/bin/\(name)"
    try #require(
        FileManager.default.isExecutableFile(atPath: path),
        "There is no '\(path)'. Make it: .venv/bin/pip install -r Tests/Fixtures/python-requirements.txt"
    )
    return path
}

/// Writes a program that stands for a linter with a defect, and lends its path.
func withProgram(_ script: String, _ body: (String) async throws -> Void) async throws {
    try await withTemporaryWorkspace(["program": "#!/bin/sh\n\(script)\n"]) { place in
        let path = "\(place.path)/program"
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try await body(path)
    }
}
