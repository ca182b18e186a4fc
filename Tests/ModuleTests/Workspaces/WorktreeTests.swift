import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// A run in a worktree starts from what the person sees, and leaves their repository alone.
@Suite(.serialized) struct WorktreeTests {
    @discardableResult
    private func withWork<Result>(_ body: (Project) async throws -> Result) async throws -> Result {
        let files = ["app/a.py": "1\n", "lib/b.py": "1\n", "gone.py": "1\n", ".gitignore": "*.log\n"]
        return try await Project.with(files, git: true) { project in
            try await project.shell(
                """
                echo stashed > lib/b.py; git -c user.name=A -c user.email=a@b stash -q
                printf '#!/bin/sh\\nexit 1\\n' > .git/hooks/post-checkout; chmod +x .git/hooks/post-checkout
                git branch other; echo 2 > app/a.py; echo staged > lib/b.py; git add lib/b.py; echo 3 > lib/b.py
                rm gone.py; echo new > app/new.py; echo log > app/x.log; ln -s a.py app/link
                """
            )
            return try await body(project)
        }
    }

    @Test func itHoldsWhatThePersonSees() async throws {
        try await withWork { project in
            let opened = try await project.open(.worktree, at: "\(project.path)/app")
            let path = opened.workspace.path
            #expect(path == "\(project.state)/worktrees/run-1/app")
            #expect(opened.workspace.project == "\(project.path)/app")
            #expect(try FileTree(path).entries.keys.sorted() == ["a.py", "link", "new.py"])
            #expect(try project.read("a.py", in: path) == "2\n")
            #expect(try project.read("../lib/b.py", in: path) == "3\n")
            let words = "git status --porcelain --no-renames"
            #expect(try await project.shell(words, in: path) == project.shell(words))
            #expect(try await project.open(.worktree, at: "\(project.path)/app") == opened)
            #expect(try await project.snapshot(opened.workspace) == opened.start)
        }
    }

    @Test func theRepositoryIsLeftAlone() async throws {
        try await withWork { project in
            let before = try FileTree(project.path)
            let opened = try await project.open(.worktree)
            let allowed = try FileTree(project.path).entries.filter { before.entries[$0.key] != $0.value }
            #expect(allowed.keys.allSatisfy { $0.hasPrefix(".git/worktrees") }, "\(allowed.keys)")
            try project.write("work\n", to: "app/a.py", in: opened.workspace.path)
            let now = try await project.snapshot(opened.workspace)
            _ = try await project.keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: now,
                under: EditPolicy(),
                of: Project.id
            )
            try await project.keeper.restore(opened.start, into: opened.workspace, of: Project.id)
            #expect(try project.read("app/a.py", in: opened.workspace.path) == "2\n")
            try await project.keeper.discard(opened.workspace, of: Project.id)
            #expect(try FileTree(project.path) == before)
            #expect(!FileManager.default.fileExists(atPath: opened.workspace.path))
        }
    }

    @Test func itNeedsARepositoryWithACommit() async throws {
        try await Project.with(["a": "1"]) { project in
            await #expect(
                throws: Failure(
                    .invalidInput,
                    "'\(project.path)' belongs to no git repository, so it has no worktree; use 'isolation: "
                        + "copy' or 'isolation: none'."
                )
            ) { _ = try await project.open(.worktree) }
            try await project.git("init", "-q")
            await #expect(
                throws: Failure(
                    .invalidInput,
                    "The repository of '\(project.path)' has no commit yet, and a worktree needs one; use 'isolation: copy' "
                        + "or 'isolation: none'."
                )
            ) { _ = try await project.open(.worktree) }
        }
    }

    @Test(arguments: [
        "rm -rf STATE/worktrees/run-1", "rm STATE/worktrees/run-1/.git",
        "echo 'gitdir: /' > STATE/worktrees/run-1/.git",
        "rm -rf STATE/workspaces/*/runs/run-1/record", "rm -rf STATE/worktrees/run-1 PROJECT/.git/worktrees",
        "git -C PROJECT worktree lock STATE/worktrees/run-1", "rm -rf PROJECT/.git/worktrees",
        "chmod 000 STATE/worktrees/run-1/app; printf x > \"STATE/worktrees/run-1/$(printf 'a\\377')\"",
    ])
    func aBrokenOneIsMadeAgainOrRemoved(damage: String) async throws {
        try await withWork { project in
            let line = damage.replacing("STATE", with: project.state).replacing("PROJECT", with: project.path)
            let before = try FileTree(project.path)
            var opened = try await project.open(.worktree)
            try await project.shell(line)
            try await project.keeper.discard(opened.workspace, of: Project.id)
            #expect(try FileTree(project.path) == before)
            try await project.keeper.discard(opened.workspace, of: Project.id)

            opened = try await project.open(.worktree)
            try await project.shell(line)
            if try await project.open(.worktree) != opened { Issue.record("The worktree starts as something else.") }
            try await project.keeper.discard(opened.workspace, of: Project.id)
            #expect(try FileTree(project.path) == before)
        }
    }
}
