import Foundation
import PipelineKit
import ProcessKit
import Testing
import WorkspaceKit

/// A project in a sandbox, with a secret everywhere around it.
struct Cell {
    let root: String
    var workspace: Workspace
    let sandboxes: WorkspaceSandboxes
    /// What no command may ever print.
    let secret = "s\(UUID().uuidString.lowercased().replacing("-", with: ""))"

    var path: String { workspace.path }
    var outside: String { "\(root)/outside" }
    var state: String { "\(root)/state" }

    /// Lends a cell, which is removed afterwards.
    static func with(
        _ policy: WorkspacePolicy = WorkspacePolicy(),
        _ body: (Cell) async throws -> Void
    ) async throws {
        try await Project.with(["README.md": "a project\n", "sub/file": "1\n"], git: true) { project in
            let root = (project.path as NSString).deletingLastPathComponent
            let sandboxes = WorkspaceSandboxes(state: project.state, hidden: ["\(project.path)/hidden.db"])
            var cell = Cell(root: root, workspace: Workspace(path: project.path), sandboxes: sandboxes)
            try cell.hideSecrets()
            let walls = try await sandboxes.walls(for: "r1", cell.workspace, policy, .calls)
            cell.workspace.confinement = walls
            try await body(cell)
            sandboxes.takeDown(walls)
        }
    }

    private func hideSecrets() throws {
        for path in ["outside/secret", "outside/other", "state/sluice.db", "state/worktrees/r2/secret"] {
            let url = URL(filePath: "\(root)/\(path)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data("\(secret)\n".utf8).write(to: url)
        }
        try Data("\(secret)\n".utf8).write(to: URL(filePath: "\(path)/hidden.db"))
        setenv("SLUICE_TEST_SECRET", secret, 1)
    }

    /// Runs a command line in the sandbox.
    func run(_ line: String, timeout: Duration = .seconds(20)) async throws -> Finished {
        switch try await outcome(of: command(line, timeout: timeout)) {
        case .finished(let finished), .timedOut(let finished): finished
        }
    }

    func command(_ line: String, timeout: Duration = .seconds(20)) -> Command {
        Command("/bin/bash", ["-c", line], in: workspace, timeout: timeout, output: .merged)
    }

    /// What a command line prints, without the line break at its end.
    func says(_ line: String) async throws -> String {
        let text = try await run(line).output.text
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
