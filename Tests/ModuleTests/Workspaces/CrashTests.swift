import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// What a process that was killed left behind keeps nobody from going on.
@Suite(.serialized) struct CrashTests {
    @Test(arguments: [
        "touch RUN/index.lock RUN/judged.index.lock RUN/scratch.index.lock",
        "head -c 100 RUN/index > x; mv x RUN/index",
        ": > RUN/index", "rm RUN/index", "rm -rf RUN/../../git/objects/??",
        "head -c 50 /dev/urandom > RUN/judged.index",
        "rm -rf JUDGED/src; touch RUN/judged.index.lock", "rm -rf JUDGED", "echo broken > RUN/../../git/config",
        "rm RUN/../../git/HEAD", "echo file > x; rm -rf JUDGED; mv x JUDGED", "rm -rf JUDGED; ln -s /etc JUDGED",
    ])
    func theWorkGoesOn(damage: String) async throws {
        try await Project.with(["src/a.py": "1\n", "b.py": "1\n"]) { project in
            let opened = try await project.open()
            try project.write("2\n", to: "src/a.py")
            let first = try await judge(project, opened)
            let runs = try await project.shell("echo \(project.state)/workspaces/*/runs/run-1").dropLast()
            try await project.shell(
                damage.replacing("RUN", with: runs).replacing("JUDGED", with: "\(project.state)/judged/run-1")
            )
            #expect(try await project.shell("echo *") == "b.py src\n")
            // What is gone from the disk is recorded anew; the start cannot be, where its objects are gone.
            let start = damage.contains("objects") ? try await project.snapshot(opened.workspace) : opened.start
            let again = try await judge(project, OpenedWorkspace(opened.workspace, start: start))
            #expect(again == first)
        }
    }

    private func judge(_ project: Project, _ opened: OpenedWorkspace) async throws -> FileTree {
        let now = try await project.snapshot(opened.workspace)
        let rebuilt = try await project.keeper.rebuild(
            opened.workspace,
            from: opened.start,
            with: now,
            under: EditPolicy(),
            of: Project.id
        )
        return try FileTree(rebuilt.path)
    }

    @Test func discardingLeavesNothingOfARunAndAllOfOthers() async throws {
        try await Project.with(["a.py": "1\n"]) { project in
            let one = try await project.open()
            let two = try await project.keeper.open(WorkspaceOrder(project.path), for: "run 2/../x")
            try project.write("2\n", to: "a.py")
            let second = try await project.keeper.snapshot(two.workspace, of: "run 2/../x")
            try project.write("3\n", to: "a.py")
            let third = try await project.snapshot(one.workspace)
            try await project.keeper.discard(one.workspace, of: Project.id)
            await #expect(throws: Failure.self) {
                _ = try await project.keeper.diff(two.workspace, from: second, to: third)
            }
            try await project.keeper.restore(second, into: two.workspace, of: "run 2/../x")
            #expect(try project.read("a.py") == "2\n")
            await #expect(
                throws: Failure(.missing, "Run 'run-1' has no workspace; it was never opened, or was discarded.")
            ) {
                _ = try await project.snapshot(one.workspace)
            }
            try await project.keeper.discard(one.workspace, of: Project.id)
            try await project.keeper.discard(two.workspace, of: "run 2/../x")
            try await project.keeper.discard(two.workspace, of: "run 2/../x")
            let left = try FileTree(project.state).entries.filter { $0.value != "directory" }.keys
            #expect(left.allSatisfy { $0.hasSuffix(".lock") && !$0.contains(".run") }, "\(left)")
        }
    }

    @Test func twoAtATimeDoNotCollide() async throws {
        try await Project.with(["a.py": "1\n"]) { project in
            let opened = try await project.open()
            try await withThrowingTaskGroup(of: SnapshotID.self) { group in
                for _ in 0..<8 { group.addTask { try await project.snapshot(opened.workspace) } }
                for try await snapshot in group { #expect(snapshot == opened.start) }
            }
        }
    }

    @Test func aProjectThatIsNotThereIsNamed() async throws {
        try await Project.with { project in
            await #expect(throws: Failure(.missing, "The project '\(project.path)/x' is no directory.")) {
                _ = try await project.open(at: "\(project.path)/x")
            }
        }
    }

    @Test func whatIsNoSnapshotReachesNoCommand() async throws {
        try await Project.with(["a.py": "1\n"]) { project in
            let opened = try await project.open()
            for text in ["--output=x", "HEAD", "", "\(opened.start)^"] {
                let id = SnapshotID(text)
                let failure = Failure(.invalidInput, "'\(id)' is no snapshot of a workspace.")
                await #expect(throws: failure) {
                    _ = try await project.keeper.diff(opened.workspace, from: id, to: opened.start)
                }
                await #expect(throws: failure) {
                    try await project.keeper.restore(id, into: opened.workspace, of: Project.id)
                }
            }
        }
    }

    @Test func theStateIsForThisUserOnly() async throws {
        try await Project.with(["a.py": "1\n"]) { project in
            _ = try await project.open()
            #expect(
                try await project.shell("stat -c %a '\(project.state)' '\(project.state)'/workspaces/*/git")
                    == "700\n700\n"
            )
        }
    }
}
