import Foundation
import PipelineKit
import ProcessKit
import Testing

@testable import TestsGate

/// A Python project in a temporary directory, to be judged by the real pytest.
struct PythonProject {
    let root: String

    /// The directory in which pytest runs.
    var tree: String { "\(root)/tree" }

    static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path(percentEncoded: false)

    /// The interpreter that the Makefile makes.
    static func python() throws -> String {
        let path = packageRoot + ".venv/bin/python3"
        try #require(
            FileManager.default.isExecutableFile(atPath: path),
            "There is no '\(path)'. Make it: python3 -m venv .venv && .venv/bin/pip install -r Tests/Fixtures/python-requirements.txt"
        )
        return path
    }

    /// Writes the files, hands the project over, and removes it.
    static func with<Result>(
        _ files: [String: String],
        _ body: (PythonProject) async throws -> Result
    ) async throws -> Result {
        let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(component: "sluice-pytest-\(UUID().uuidString)").path(percentEncoded: false)
        let project = PythonProject(root: root)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(atPath: project.tree, withIntermediateDirectories: true)
        for (path, text) in files { try project.write(path, text) }
        return try await body(project)
    }

    func write(_ path: String, _ text: String) throws {
        let file = URL(filePath: "\(tree)/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: "\(tree)/\(path)") }

    /// Judges the project with a fresh scratch directory.
    func check(_ settings: JSONValue = [:], in tree: String? = nil) async throws -> Verdict {
        let scratch = "\(root)/scratch-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        var members = settings.members
        if members["python"] == nil { members["python"] = .string(try Self.python()) }
        let gate = try PytestGate(settings: PytestGate.Settings(json: .object(members)))
        let workspace = Workspace(path: tree ?? self.tree, project: self.tree)
        return try await gate.judge(workspace, in: GateContext(scratch: { scratch }))
    }

    /// Makes a virtual environment without packages, as `python3 -m venv --without-pip` does, and returns its Python.
    ///
    /// - Parameter withPytest: Whether it sees the packages of the tests' own environment.
    func makeEnvironment(at path: String, withPytest: Bool = false) async throws -> String {
        let made = try await run(
            Command(Self.python(), ["-m", "venv", "--without-pip", path], in: "/", output: .merged)
        )
        try #require(made.status == 0, "\(made.output.text)")
        if withPytest { try install("\(Self.packages(of: Self.packageRoot + ".venv"))\n", as: "own.pth", in: path) }
        return "\(path)/bin/python"
    }

    /// Writes a file among the packages of a virtual environment.
    func install(_ text: String, as name: String, in environment: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(Self.packages(of: environment))/\(name)"))
    }

    private static func packages(of environment: String) throws -> String {
        let versions = try FileManager.default.contentsOfDirectory(atPath: "\(environment)/lib")
        return "\(environment)/lib/\(try #require(versions.first))/site-packages"
    }

    /// Writes the files, judges, and removes the project.
    static func verdict(_ files: [String: String], _ settings: JSONValue = [:]) async throws -> Verdict {
        try await with(files) { try await $0.check(settings) }
    }
}

extension Verdict {
    /// `id: outcome`, in order.
    var story: [String] { cases.map { "\($0.id): \($0.outcome.rawValue)" } }
}
