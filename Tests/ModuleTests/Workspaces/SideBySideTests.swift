import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// Many runs of one project work at once, each in a place of its own.
@Suite(.serialized) struct SideBySideTests {
    @Test(arguments: [WorkspacePolicy.Isolation.worktree, .copy])
    func runsDoNotMeet(isolation: WorkspacePolicy.Isolation) async throws {
        try await Project.with(["app/a": "1\n", "lib/b": "1\n"], git: true) { project in
            let before = try FileTree(project.path)
            let keeper = project.keeper
            let order = WorkspaceOrder("\(project.path)/app", isolation: isolation)
            let lines = try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 0..<6 {
                    group.addTask {
                        let run = RunID("run-\(number)")
                        let opened = try await keeper.open(order, for: run)
                        try project.write("run \(number)\n", to: "a", in: opened.workspace.path)
                        try project.write("\(number)\n", to: "new-\(number)", in: opened.workspace.path)
                        let now = try await keeper.snapshot(opened.workspace, of: run)
                        let changes = try await keeper.changes(opened.workspace, from: opened.start, to: now)
                        try await keeper.restore(opened.start, into: opened.workspace, of: run)
                        #expect(try project.read("a", in: opened.workspace.path) == "1\n")
                        try await keeper.discard(opened.workspace, of: run)
                        return changes.lines
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(lines) == Set((0..<6).map { ["added new-\($0)", "modified a"] }))
            #expect(try FileTree(project.path) == before)
        }
    }

    /// A fork begins with what another run had then, and with what git ignores there.
    @Test(arguments: [WorkspacePolicy.Isolation.none, .worktree, .copy], [WorkspacePolicy.Isolation.worktree, .copy])
    func aForkBeginsWithTheFilesOfItsSnapshot(
        original: WorkspacePolicy.Isolation,
        fork: WorkspacePolicy.Isolation
    ) async throws {
        let files = ["app/a": "1\n", "app/gone": "1\n", "lib/b": "1\n", ".gitignore": "*.log\n"]
        try await Project.with(files, git: true) { project in
            let opened = try await project.open(original, at: "\(project.path)/app")
            let path = opened.workspace.path
            try await project.shell("echo 2 > a; rm gone; echo new > new; echo log > x.log; ln -s a link", in: path)
            let then = try await project.snapshot(opened.workspace)
            try await project.shell("echo 3 > a; echo back > gone; rm new link; mkdir new; echo 4 > new/x", in: path)
            _ = try await project.keeper.pin([opened.start, then], of: opened.workspace.project, for: "fork")
            var order = WorkspaceOrder(opened.workspace.project, isolation: fork)
            order.fork = ForkedFiles(then, directory: path)
            let forked = try await project.keeper.open(order, for: "fork")
            #expect(forked.start == then)
            #expect(try await project.keeper.open(order, for: "fork") == forked)
            let log = fork == .copy ? "log\n" : ""
            #expect(
                try await project.shell("ls -A; cat a new link; cat x.log || :", in: forked.workspace.path).hasPrefix(
                    "a\nlink\nnew\n\(fork == .copy ? "x.log\n" : "")2\nnew\n2\n\(log)"
                )
            )
            #expect(try await project.shell("cat ../lib/b", in: forked.workspace.path) == "1\n")
            #expect(try await project.shell("cat a new/x", in: path) == "3\n4\n")
            // The other run is removed, and the fork's snapshots stay.
            try await project.keeper.discard(opened.workspace, of: Project.id)
            let changes = try await project.keeper.changes(forked.workspace, from: opened.start, to: then)
            #expect(changes.lines == ["added link", "added new", "deleted gone", "modified a"])
        }
    }

    @Test func aSnapshotThatIsGoneCannotBePinned() async throws {
        try await Project.with(["a": "1\n"]) { project in
            let opened = try await project.open()
            try await project.keeper.discard(opened.workspace, of: Project.id)
            let words = "Snapshot '\(opened.start)' of '\(project.path)' is gone, so no run can begin there."
            await #expect(throws: Failure(.missing, words)) {
                _ = try await project.keeper.pin([opened.start], of: project.path, for: "fork")
            }
            await #expect(
                throws: Failure(
                    .invalidInput,
                    "A fork has files of its own; use 'isolation: copy' or 'isolation: worktree'."
                )
            ) {
                var order = WorkspaceOrder(project.path)
                order.fork = ForkedFiles(opened.start, directory: project.path)
                _ = try await project.keeper.open(order, for: "fork")
            }
        }
    }
}
