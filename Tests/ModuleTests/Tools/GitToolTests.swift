import Foundation
import GitTool
import PipelineKit
import PipelineTesting
import Testing

/// What the git tools show, and that nothing a repository configures runs meanwhile.
@Suite(.serialized) struct GitToolTests {
    private static let registry: Registry = {
        var registry = Registry()
        registry.add(GitDiffTool.self)
        registry.add(GitStatusTool.self)
        registry.add(GitLogTool.self)
        return registry
    }()

    private func call(_ tool: String, _ json: JSONValue = [:], in path: String) async throws -> String {
        let factory = try #require(Self.registry.tools[ModuleID(tool)])
        return try await factory.make([:]).call(json, ToolContext(workspace: Workspace(path: path))).text
    }

    /// The least that is a repository; gitrepository-layout(5).
    private static let repository = [
        ".git/HEAD": "ref: refs/heads/main\n", ".git/objects/info/keep": "", ".git/refs/keep": "", "a.py": "1\n",
    ]

    @Test func keepTheirPromises() async throws {
        try await expectConformance(of: GitDiffTool.self, arguments: [:], files: Self.repository)
        try await expectConformance(of: GitStatusTool.self, arguments: [:], files: Self.repository)
        try await expectConformance(of: GitLogTool.self, arguments: [:], files: Self.repository)
    }

    @Test func changesAreShown() async throws {
        try await Project.with(["a.py": "1\n", "sub/b.py": "1\n"], git: true) { project in
            #expect(try await call("git_diff", in: project.path) == "No unstaged changes.")
            #expect(try await call("git_diff", ["staged": true], in: project.path) == "No staged changes.")
            #expect(try await call("git_status", in: project.path) == "Nothing has changed since the last commit.")
            try project.write("2\n", to: "a.py")
            try project.write("2\n", to: "sub/b.py")
            try project.write("new\n", to: "sub/new")
            try await project.git("add", "a.py")
            #expect(try await call("git_status", in: project.path) == "M  a.py\n M sub/b.py\n?? sub/new\n")
            let staged = try await call("git_diff", ["staged": true], in: project.path)
            #expect(staged.contains("--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-1\n+2\n"))
            let unstaged = try await call("git_diff", in: "\(project.path)/sub")
            #expect(unstaged.contains("--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-1\n+2\n"))
            let log = try await call("git_log", ["count": 1], in: project.path)
            #expect(log.wholeMatch(of: /[0-9a-f]{7} \d{4}-\d\d-\d\d A: first\n?/) != nil, "\(log)")
        }
    }

    @Test func aWorktreeHasItsOwnIndex() async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            let path = try await project.open(.worktree).workspace.path
            try project.write("2\n", to: "a.py", in: path)
            #expect(try await call("git_status", in: path) == " M a.py\n")
            #expect(try await call("git_status", in: project.path) == "Nothing has changed since the last commit.")
        }
    }

    @Test func longOutputIsCut() async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            try project.write(String(repeating: "line\n", count: 10_000), to: "a.py")
            let diff = try await call("git_diff", in: project.path)
            #expect(diff.contains("bytes left out"))
            #expect(diff.utf8.count < 8200)
        }
    }

    @Test func sayWhatIsMissing() async throws {
        try await withTemporaryWorkspace { (workspace: Workspace) async throws in
            for tool in ["git_diff", "git_status", "git_log"] {
                await #expect(throws: Failure(.invalidInput, "The workspace is in no git repository.")) {
                    _ = try await call(tool, in: workspace.path)
                }
            }
        }
        try await withTemporaryWorkspace(Self.repository) { (workspace: Workspace) async throws in
            #expect(try await call("git_log", in: workspace.path) == "There is no commit yet.")
            #expect(try await call("git_status", in: workspace.path) == "?? a.py\n")
            await #expect(throws: Failure(.invalidInput, "Field 'count' must be from 1 to 100, but is 0.")) {
                _ = try await call("git_log", ["count": 0], in: workspace.path)
            }
        }
    }

    @Test func noProgramOfTheRepositoryRuns() async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            try project.write("* filter=evil diff=evil\n", to: ".gitattributes")
            try await project.shell(
                """
                for k in core.fsmonitor filter.evil.clean filter.evil.process diff.evil.textconv diff.evil.command \
                diff.external core.pager core.hooksPath log.showSignature gpg.program; do \
                git config $k "touch $PWD/ran; cat"; done; git config log.showSignature true
                printf '#!/bin/sh\\ntouch %s/ran\\n' "$PWD" > .git/hooks/post-index-change; chmod +x .git/hooks/*
                echo 2 > a.py
                """
            )
            let index = try Data(contentsOf: URL(filePath: "\(project.path)/.git/index"))
            #expect(try await call("git_diff", in: project.path).contains("+2\n"))
            #expect(try await call("git_diff", ["staged": true], in: project.path) == "No staged changes.")
            #expect(try await call("git_status", in: project.path).contains(" M a.py\n"))
            #expect(try await call("git_log", in: project.path).contains("A: first"))
            #expect(!FileManager.default.fileExists(atPath: "\(project.path)/ran"))
            #expect(try Data(contentsOf: URL(filePath: "\(project.path)/.git/index")) == index)
            try await project.shell("git status || true")
            #expect(
                FileManager.default.fileExists(atPath: "\(project.path)/ran"),
                "The traps work when git runs by itself."
            )
        }
    }
}
