import Foundation
import GitTool
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// What is committed, by whom, and what is left as it is.
struct GitCommitTests {
    /// The least that is a repository; gitrepository-layout(5).
    private static let repository = [
        ".git/HEAD": "ref: refs/heads/main\n", ".git/objects/info/keep": "", ".git/refs/keep": "", "a.py": "1\n",
    ]
    private static let ada: JSONValue = ["author": "Ada Lovelace <ada@example.org>"]

    private func commit(
        _ json: JSONValue,
        _ settings: JSONValue = ada,
        in workspace: Workspace
    ) async throws -> ToolOutput {
        try await GitCommitTool(settings: .init(json: settings)).call(
            .init(json: json),
            in: ToolContext(workspace: workspace)
        )
    }

    private func commit(_ json: JSONValue, _ settings: JSONValue = ada, in project: Project) async throws -> String {
        try await commit(json, settings, in: Workspace(path: project.path)).text
    }

    @Test func keepsTheToolsPromises() async throws {
        try await expectConformance(
            of: GitCommitTool.self,
            arguments: ["message": "Begin"],
            settings: Self.ada,
            files: Self.repository
        )
    }

    @Test func everythingThatChangedIsCommitted() async throws {
        try await Project.with(["a.py": "1\n2\n", "b.py": "1\n", "dir/c": "1\n", ".gitignore": "*.o\n"], git: true) {
            project in
            try project.write("1\n3\n4\n", to: "a.py")
            try project.write("new\n", to: "new/ä ö.txt")
            try project.write("\0\u{1}", to: "image.bin")
            try project.write("x", to: "left.o")
            try await project.shell("rm b.py; rm -r dir; echo file > dir")
            let text = try await commit(["message": "Change it all\n\nBecause.\n\n"], in: project)
            let id = try await project.git("rev-parse", "--short", "HEAD").trimmed
            #expect(
                text == """
                    Committed \(id) to 'main': Change it all
                    6 files, +4 -3 lines
                      a.py +2 -1
                      b.py +0 -1
                      dir +1 -0
                      dir/c +0 -1
                      image.bin binary
                      new/ä ö.txt +1 -0
                    """
            )
            #expect(try await project.git("status", "--porcelain") == "")
            #expect(
                try await project.git("log", "-1", "--format=%B%an <%ae> %cn <%ce>").hasPrefix(
                    "Change it all\n\nBecause.\n"
                )
            )
            #expect(
                try await project.git("log", "-1", "--format=%an <%ae> %cn <%ce>")
                    == "Ada Lovelace <ada@example.org> Ada Lovelace <ada@example.org>\n"
            )
            #expect(try await project.git("reflog", "-1", "--format=%gs") == "commit: Change it all\n")
            #expect(try await project.git("fsck", "--strict") == "")
        }
    }

    @Test func pathsTakeThoseAloneAndLeaveWhatIsStaged() async throws {
        try await Project.with(["a.py": "1\n", "b.py": "1\n", "sub/c.py": "1\n"], git: true) { project in
            for path in ["a.py", "b.py", "sub/c.py", "-x", "*.py"] { try project.write("2\n", to: path) }
            try await project.git("add", "b.py")
            let text = try await commit(["message": "-m", "paths": ["sub/../a.py", "-x", "sub", "*.py"]], in: project)
            let id = try await project.git("rev-parse", "--short", "HEAD").trimmed
            let files = "  *.py +1 -0\n  -x +1 -0\n  a.py +1 -1\n  sub/c.py +1 -1"
            #expect(text == "Committed \(id) to 'main': -m\n4 files, +4 -2 lines\n\(files)")
            #expect(try await project.git("status", "--porcelain") == "M  b.py\n")
        }
    }

    @Test func aPartOfARepositoryCommitsItsOwnFiles() async throws {
        try await Project.with(["a.py": "1\n", "sub/c.py": "1\n"], git: true) { project in
            for path in ["a.py", "sub/c.py"] { try project.write("2\n", to: path) }
            let part = Workspace(path: "\(project.path)/sub")
            #expect(
                try await commit(["message": "m"], in: part).text.hasSuffix("1 file, +1 -1 lines\n  sub/c.py +1 -1")
            )
            #expect(try await project.git("status", "--porcelain") == " M a.py\n")
            await #expect(throws: Failure(.denied, "'../a.py' leaves the workspace.")) {
                _ = try await commit(["message": "m", "paths": ["../a.py"]], in: part)
            }
        }
    }

    @Test func theFirstCommitHasNoParent() async throws {
        try await Project.with(["a.py": "1\n"]) { project in
            try await project.git("init", "-q", "-b", "trunk")
            let text = try await commit(["message": "Begin"], in: project)
            let id = try await project.git("rev-parse", "--short", "HEAD").trimmed
            #expect(text == "Committed \(id) to 'trunk': Begin\n1 file, +1 -0 lines\n  a.py +1 -0")
            #expect(try await project.git("status", "--porcelain") == "")
        }
    }

    @Test func theWorktreeOfARunCommitsBesideTheProject() async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            let workspace = try await project.open(.worktree).workspace
            let head = try await project.git("rev-parse", "HEAD")
            try project.write("2\n", to: "a.py", in: workspace.path)
            let before = try await project.snapshot(workspace)
            let text = try await commit(["message": "In the run"], in: workspace).text
            #expect(try await project.snapshot(workspace) == before)
            #expect(
                text.contains(" to no branch, as none is checked out: In the run\n1 file, +1 -1 lines\n  a.py +1 -1")
            )
            #expect(try await project.git("rev-parse", "HEAD~", in: workspace.path) == head)
            #expect(try await project.git("rev-parse", "HEAD") == head)
            #expect(try await project.git("status", "--porcelain") == "")
        }
    }

    @Test(arguments: [
        "echo gitdir: $PWD/../other/.git > .git", "ln -s ../other/.git .git",
        "mkdir .git; cp ../other/.git/HEAD .git/; echo ../../other/.git > .git/commondir",
        "echo gitdir: $PWD/../other/.git/worktrees/tree > .git",
    ])
    func aRepositoryThatKnowsNothingOfTheWorkspaceIsLeftAlone(line: String) async throws {
        try await Project.with(["a.py": "1\n"]) { project in
            try await project.shell(
                """
                git init -q -b main ../other; git -C ../other -c user.name=A -c user.email=a@b commit -q --allow-empty -m x
                git -C ../other worktree add -q ../tree; \(line)
                """
            )
            let refs = try await project.shell("git -C ../other for-each-ref")
            let failure = await #expect(throws: Failure.self) { _ = try await commit(["message": "m"], in: project) }
            let message = try #require(failure?.message)
            #expect(message.hasPrefix("The workspace's repository is kept at '"), "\(message)")
            #expect(
                message.hasSuffix(
                    "', which knows of no working tree at '\(project.path)'. What is to be done there is for a person to do."
                ),
                "\(message)"
            )
            #expect(try await project.shell("git -C ../other for-each-ref") == refs)
        }
    }

    @Test func aSubmoduleIsARepositoryAsAnyOther() async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            try await project.shell(
                "git clone -q . ../other; git -c protocol.file.allow=always submodule -q add ../other sub"
            )
            try project.write("2\n", to: "sub/a.py")
            let text = try await commit(["message": "m"], in: Workspace(path: "\(project.path)/sub")).text
            #expect(text.hasSuffix(" to 'main': m\n1 file, +1 -1 lines\n  a.py +1 -1"))
            let outer = try await commit(["message": "Go on"], in: project)
            #expect(outer.hasSuffix("2 files, +4 -0 lines\n  .gitmodules +3 -0\n  sub +1 -0"))
        }
    }

    @Test func whoCommitsIsWhomGitKnows() async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            try await project.shell(
                "git config user.name Grace; git config user.email grace@example.org; echo 2 > a.py"
            )
            _ = try await commit(["message": "m"], [:], in: project)
            #expect(try await project.git("log", "-1", "--format=%an <%ae>") == "Grace <grace@example.org>\n")
            // With no name to be found, git refuses to guess.
            try await project.shell("git config user.name ''; git config user.useConfigOnly true; echo 3 > a.py")
            _ = try await commit(["message": "m"], [:], in: project)
            #expect(try await project.git("log", "-1", "--format=%an <%ae>") == "Sluice <sluice@localhost>\n")
        }
    }

    @Test(
        arguments: [
            (["message": " \n"], "", "Field 'message' must say what was done, but is empty."),
            (["message": "a\0b"], "", "Field 'message' must say what was done, but holds a NUL character."),
            (["message": "m"], "", "There is nothing to commit: all is as in the last commit."),
            (
                ["message": "m"],
                "git init -q own; cd own; git -c user.name=A -c user.email=a@b commit -q --allow-empty -m x",
                "There is nothing to commit: all is as in the last commit.\nLeft out, as they are repositories of their own: own/"
            ),
            (
                ["message": "m", "paths": ["a.py", "x"]], "echo 2 > a.py",
                "There is nothing to commit at 'x': it is as in the last commit, git ignores it, or it is not there."
            ),
            (["message": "m", "paths": ["/etc"]], "", "'/etc' leaves the workspace: paths are relative to it."),
            (
                ["message": "m"], "echo 2 > a.py; echo '*.py filter=lfs' > .gitattributes",
                "'a.py' goes through the filter 'lfs' (.gitattributes), a program that does not run here. Name other "
                    + "files with 'paths', and leave this one to a person."
            ),
            (
                ["message": "m"], "echo 2 > a.py; git rev-parse HEAD > .git/MERGE_HEAD",
                "A merge is under way in this repository; it has to be finished or aborted first."
            ),
            (
                ["message": "m"], "mkdir .git/rebase-merge",
                "A rebase is under way in this repository; it has to be finished or aborted first."
            ),
            (
                ["message": "m"],
                "echo 2 > a.py; git stash -q; echo 3 > a.py; git commit -qam x; git stash apply -q 2>&1 || true",
                "'a.py' has conflicts that are not resolved."
            ),
        ] as [(JSONValue, String, String)]
    )
    func sayWhatIsWrong(arguments: JSONValue, line: String, message: String) async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            try await project.shell("git config user.name A; git config user.email a@b; \(line.isEmpty ? ":" : line)")
            let head = try await project.git("rev-parse", "HEAD")
            let index = try Data(contentsOf: URL(filePath: "\(project.path)/.git/index"))
            let failure = await #expect(throws: Failure.self) { _ = try await commit(arguments, in: project) }
            #expect(failure?.message == message)
            #expect(try await project.git("rev-parse", "HEAD") == head)
            #expect(try Data(contentsOf: URL(filePath: "\(project.path)/.git/index")) == index)
        }
    }

    @Test(arguments: ["Ada", "Ada <>", "<ada@b>", "Ada <a> <b>", "Ada\n <a@b>", ""])
    func anAuthorWithoutNameOrAddressIsRefused(author: String) throws {
        let settings = try GitCommitTool.Settings(json: ["author": .string(author)])
        let message = "Field 'author' must be such as 'Ada <ada@example.org>', but is '\(author)'."
        #expect(throws: Failure(.invalidInput, message)) { try GitCommitTool(settings: settings) }
    }

    @Test func noProgramOfTheRepositoryRuns() async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            try await project.shell(
                """
                git init -q sub && cd sub && git -c user.name=A -c user.email=a@b commit -q --allow-empty -m x && cd ..
                git add sub 2>/dev/null && git -c user.name=A -c user.email=a@b commit -q -m sub
                git -C sub config core.fsmonitor "touch $PWD/ran"; touch sub/new
                for k in core.fsmonitor core.pager core.editor core.hooksPath gpg.program; do \
                git config $k "touch $PWD/ran; cat"; done; git config commit.gpgSign true
                git config core.hooksPath .git/hooks
                for h in pre-commit commit-msg post-commit post-index-change reference-transaction; do
                printf '#!/bin/sh\\ntouch %s/ran\\n' "$PWD" > .git/hooks/$h; chmod +x .git/hooks/$h; done
                echo 2 > a.py
                """
            )
            let text = try await commit(["message": "m"], in: project)
            #expect(text.hasSuffix("1 file, +1 -1 lines\n  a.py +1 -1"))
            #expect(!FileManager.default.fileExists(atPath: "\(project.path)/ran"))
            try await project.shell("git add a.py || true; git status || true")
            #expect(FileManager.default.fileExists(atPath: "\(project.path)/ran"), "The traps work.")
        }
    }

    @Test func whatACallTouchesDependsOnHooks() throws {
        let arguments = try GitCommitTool.Arguments(json: ["message": "m"])
        let scopes = try [false, true].map { hooks in
            try GitCommitTool(settings: .init(json: ["hooks": .bool(hooks)])).scope(
                of: arguments,
                in: Workspace(path: "/")
            ).reach
        }
        #expect(scopes == [[.reads, .writes], [.reads, .writes, .runs]])
    }

    @Test func hooksRunInTheSandboxWhenTheyAreAskedFor() async throws {
        try await Cell.with { cell in
            let hooks = [
                "pre-commit": "git diff --cached --name-only; cat ../outside/secret; touch .git/x; ! grep -q BAD a.py",
                "commit-msg": "echo 'Change-Id: 1' >> $1",
            ]
            for (name, line) in hooks {
                let path = "\(cell.path)/.git/hooks/\(name)"
                try Data("#!/bin/sh\n\(line)\n".utf8).write(to: URL(filePath: path))
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            }
            let settings: JSONValue = ["hooks": true, "author": "Ada <a@b>"]
            try Data("BAD\n".utf8).write(to: URL(filePath: "\(cell.path)/a.py"))
            let failure = await #expect(throws: Failure.self) {
                _ = try await commit(["message": "m", "paths": ["a.py"]], settings, in: cell.workspace)
            }
            let said = try #require(failure?.message)
            #expect(said.hasPrefix("The hook 'pre-commit' refused with 1, and nothing was committed:\na.py\n"))
            #expect(!said.contains(cell.secret))
            try Data("good\n".utf8).write(to: URL(filePath: "\(cell.path)/a.py"))
            let text = try await commit(["message": "m", "paths": ["a.py"]], settings, in: cell.workspace).text
            #expect(text.hasSuffix("to 'main': m\n1 file, +1 -0 lines\n  a.py +1 -0"))
            #expect(try await cell.says("git log -1 --format=%B") == "m\nChange-Id: 1\n")
            #expect(!FileManager.default.fileExists(atPath: "\(cell.path)/.git/x"))
            #expect(!(try await cell.says("ls /tmp")).contains("sluice-commit"))
        }
    }
}
