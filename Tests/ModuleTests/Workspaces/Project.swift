import Foundation
import PipelineKit
import ProcessKit
import Testing
import WorkspaceKit

/// A project in a directory of its own, and a keeper with its state beside it.
struct Project {
    /// Without symbolic links, as the keeper names it.
    let path: String
    let state: String
    let keeper: GitWorkspaceKeeper
    static let id: RunID = "run-1"

    /// Lends a project, which is removed afterwards.
    @discardableResult
    static func with<Result>(
        _ files: [String: String] = [:],
        git: Bool = false,
        _ body: (Project) async throws -> Result
    ) async throws -> Result {
        let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: "sluice-\(UUID())")
            .path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let state = "\(root)/state"
        let project = Project(path: "\(root)/project", state: state, keeper: GitWorkspaceKeeper(state: state))
        try FileManager.default.createDirectory(atPath: project.path, withIntermediateDirectories: true)
        for (path, text) in files { try project.write(text, to: path) }
        if git {
            try await project.git("init", "-q", "-b", "main")
            try await project.commit()
        }
        return try await body(project)
    }

    func commit() async throws {
        try await git("add", "-A")
        try await git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "first")
    }

    @discardableResult
    func git(_ words: String..., in directory: String? = nil, input: String = "") async throws -> String {
        let finished = try await run(
            Command(
                "git",
                words,
                in: directory ?? path,
                environment: ["GIT_CONFIG_GLOBAL": "/dev/null"],
                input: Array(input.utf8)
            )
        )
        try #require(finished.status == 0, "git \(words): \(finished.errors.text)")
        return finished.output.text
    }

    /// Runs a shell command, which must succeed.
    @discardableResult
    func shell(_ line: String, in directory: String? = nil) async throws -> String {
        let finished = try await run(.shell(line, in: directory ?? path))
        try #require(finished.status == 0, "\(line): \(finished.output.text)")
        return finished.output.text
    }

    func write(_ text: String, to path: String, in directory: String? = nil) throws {
        let file = URL(filePath: "\(directory ?? self.path)/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func read(_ path: String, in directory: String? = nil) throws -> String {
        try String(contentsOfFile: "\(directory ?? self.path)/\(path)", encoding: .utf8)
    }

    func open(_ isolation: WorkspacePolicy.Isolation = .none, at path: String? = nil) async throws -> OpenedWorkspace {
        try await keeper.open(WorkspaceOrder(path ?? self.path, isolation: isolation), for: Self.id)
    }

    func snapshot(_ workspace: Workspace) async throws -> SnapshotID {
        try await keeper.snapshot(workspace, of: Self.id)
    }
}

extension [FileChange] {
    /// `added a.py`, in order.
    var lines: [String] { map { "\($0.kind.rawValue) \($0.path)" }.sorted() }
}
