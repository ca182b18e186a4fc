import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// A run in a copy has everything that the directory has, and reaches nothing that the person has.
@Suite(.serialized) struct CopyTests {
    /// Every name with its kind, permissions, time, target and size, git's own left out.
    private static let listing =
        #"find . -path ./.git -prune -o ! -type s ! -type p -printf '%P|%y|%m|%t|%l|%s\n' | sort"#

    @Test(arguments: [false, true])
    func itHoldsEverything(git: Bool) async throws {
        try await Project.with([".gitignore": "node_modules/\n*.log\n", "a.py": "1\n"], git: git) { project in
            try await project.shell(
                #"""
                mkdir -p node_modules/x empty/deep 'a b' .venv/bin private; echo 1 > node_modules/x/i.js; echo l > x.log
                printf '#!/bin/sh\n' > run.sh; chmod 750 run.sh; chmod 500 private; touch -d '2001-02-03 04:05:06.7' a.py empty
                ln -s a.py link; ln -s nowhere dangling; ln -s /etc/passwd out; ln -s .. up; ln -s loop loop; ln -s node_modules d
                printf 1 > "$(printf 'line\nbreak')"; printf 2 > 'quo"te'; printf 3 > -rf; printf 4 > "$(printf 'a\377')"
                printf 'a\r\n\000\377' > bytes; printf 1 > Case; printf 2 > case; mkfifo pipe
                python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
                """#
            )
            let opened = try await project.open(.copy)
            let copy = opened.workspace.path
            #expect(copy == "\(project.state)/copies/run-1")
            #expect(try await project.shell(Self.listing, in: copy) == project.shell(Self.listing))
            #expect(
                try await project.shell("cat node_modules/x/i.js x.log; ls -A | grep -c -e pipe -e sock || :", in: copy)
                    == "1\nl\n0\n"
            )
            #expect(try await project.open(.copy) == opened)
            try project.write("2\n", to: "a.py", in: copy)
            let now = try await project.snapshot(opened.workspace)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes.lines == ["modified a.py"])
            #expect(try project.read("a.py") == "1\n")
            try await project.keeper.discard(opened.workspace, of: Project.id)
            #expect(!FileManager.default.fileExists(atPath: copy))
            #expect(try project.read("node_modules/x/i.js") == "1\n")
        }
    }

    @Test func aLargeFileWithHolesStaysOne() async throws {
        try await Project.with { project in
            try await project.shell(
                "truncate -s 300M holes; printf x | dd of=holes bs=1 seek=150000000 conv=notrunc 2>&1; truncate -s 1M none"
            )
            let opened = try await project.open(.copy)
            let line =
                "cmp holes '\(opened.workspace.path)/holes' && du -k '\(opened.workspace.path)' | tail -1 | cut -f1"
            let kilobytes = try #require(Int(try await project.shell(line).dropLast()))
            #expect(kilobytes < 2_000)
            #expect(try await project.shell("stat -c %s none", in: opened.workspace.path) == "1048576\n")
        }
    }

    @Test func aPartOfARepositoryIsCopiedWithAllOfIt() async throws {
        let files = ["app/a.py": "1\n", "lib/b.py": "1\n", ".gitignore": "*.log\n"]
        try await Project.with(files, git: true) { project in
            try project.write("l", to: "app/x.log")
            let opened = try await project.open(.copy, at: "\(project.path)/app")
            #expect(opened.workspace.path == "\(project.state)/copies/run-1/app")
            #expect(try await project.shell("cat ../lib/b.py x.log", in: opened.workspace.path) == "1\nl")
            try project.write("2\n", to: "new.py", in: opened.workspace.path)
            let now = try await project.snapshot(opened.workspace)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes.lines == ["added new.py"])
        }
    }

    /// `C` commits, and `P` lets git clone from a directory.
    private static let repositories = [
        "git init -q", "mkdir empty", "git init -q --object-format=sha256; git add -A; C",
        "git init -q; git add -A; C; git config core.worktree \"$PWD\"",
        "git init -q; git add -A; C; git clone -q --depth 1 file://$PWD ../shallow; cp -r ../shallow/.git s.git; mv s.git .git2",
        "git init -q --bare",
        "git init -q ../main; cd ../main; echo m > m; git add -A; C; git worktree add -q ../wt; cp ../wt/.git ../wt/m ../project; cd ../project; "
            + "echo $(pwd)/.git > ../main/.git/worktrees/wt/gitdir",
        "git init -q; git add -A; C; git worktree add -q inside; git worktree add -q ../outside",
        "git init -q ../sub; (cd ../sub; echo s > s; git add -A; C); git init -q; P submodule --quiet add ../sub sub; git add -A; C",
        "git init -q ../sub; (cd ../sub; echo s > s; git add -A; C); git init -q; P submodule --quiet add ../sub sub; git add -A; C; "
            + "git submodule --quiet deinit -f sub",
        "git init -q inner; (cd inner; echo i > i; git add -A; C); git init -q unborn; git init -q; echo a > b",
        "git init -q ../far; (cd ../far; echo f > f; git add -A; C); ln -s ../far/.git .git",
        "git init -q; git add -A; C; mkdir ../alt; cp -r .git/objects ../alt; rm -rf .git/objects/??; echo ../../../alt/objects > "
            + ".git/objects/info/alternates",
    ]

    /// All names and contents beside the project and in it, but the state.
    private func everything(around project: Project) async throws -> String {
        let contents = "find . -path ./state -prune -o -type f -print0 | sort -z | xargs -0 sha256sum"
        let names = "find . -path ./state -prune -o -print | sort"
        return try await project.shell("\(contents); \(names)", in: "\(project.path)/..")
    }

    /// Whatever a repository looks like, work in the copy of it changes nothing of the person's.
    @Test(arguments: repositories)
    func theRepositoryOfACopyIsItsOwn(setUp: String) async throws {
        try await Project.with(["a": "1\n"]) { project in
            let commit = "git -c user.name=A -c user.email=a@b commit -q --allow-empty -m x"
            let line = setUp.replacing("; C", with: "; \(commit)").replacing(
                "P sub",
                with: "git -c protocol.file.allow=always sub"
            )
            try await project.shell(line)
            let root = (project.path as NSString).deletingLastPathComponent
            let before = try await everything(around: project)
            let opened = try await project.open(.copy)
            let copy = opened.workspace.path
            #expect(try await everything(around: project) == before)
            let places = "git rev-parse --path-format=absolute --git-common-dir --show-toplevel 2>/dev/null || :"
            let own = try await project.shell(places, in: copy)
            let theirs = try await project.shell(places)
            #expect(
                own
                    == theirs.replacing(project.path, with: copy).replacing("\(root)/main/.git", with: "\(copy)/.git")
                    .replacing("\(root)/far/.git", with: "\(copy)/.git")
            )
            // What a model may do: commit, branch, clear away, change settings, in every repository there is.
            try await project.shell(
                """
                find . -name .git -not -path './.git/*' > ../list || :; echo ./.git >> ../list
                while read -r place; do cd "\(copy)/$(dirname "$place")" || continue
                  echo work > a; echo new > new; git add -A; \(commit); git branch -f other; git config user.name X
                  git worktree prune; git gc -q; git clean -fdq; git stash -q; git reset -q --hard; git checkout -q -f HEAD; done < ../list; :
                """,
                in: copy
            )
            #expect(try await everything(around: project) == before, "\(setUp)")
            _ = try await project.snapshot(opened.workspace)
            try await project.keeper.discard(opened.workspace, of: Project.id)
            #expect(try await everything(around: project) == before)
        }
    }

    @Test func aLinkInGitThatLeadsOutIsRefused() async throws {
        try await Project.with(["a": "1\n"], git: true) { project in
            try await project.shell("mv .git/objects ../objects; ln -s ../../objects .git/objects")
            await #expect(
                throws: Failure(
                    .invalidInput,
                    "'.git/objects' is a symbolic link that leads out of the project, and git would write through it from "
                        + "a copy. Use 'isolation: worktree'."
                )
            ) { _ = try await project.open(.copy) }
            try await project.shell(
                "rm .git/objects; mv ../objects .git/objects; ln -s ../../hook .git/hooks/pre-commit"
            )
            #expect(try await project.open(.copy).workspace.path.hasSuffix("/copies/run-1"))
        }
    }

    @Test func aCopyThatWasInterruptedIsBegunAgain() async throws {
        try await Project.with(["a": "1\n", "b": "2\n"]) { project in
            try project.write("left over", to: "copies/run-1/a", in: project.state)
            try project.write("left over", to: "copies/run-1/c/d", in: project.state)
            let opened = try await project.open(.copy)
            #expect(try await project.shell("cat *", in: opened.workspace.path) == "1\n2\n")
        }
    }

    /// The state directory may be in the project: a home directory, say.
    @Test func theCopiesAreNotCopied() async throws {
        try await Project.with(["a": "1\n"]) { project in
            let keeper = GitWorkspaceKeeper(state: "\(project.path)/.state")
            for run in ["one", "two"] as [RunID] {
                let opened = try await keeper.open(WorkspaceOrder(project.path, isolation: .copy), for: run)
                #expect(try await project.shell("ls -A", in: opened.workspace.path) == "a\n")
            }
        }
    }

    @Test func whatCannotBeReadIsNamed() async throws {
        try await Project.with(["a": "1\n", "b/secret": "2\n"]) { project in
            guard geteuid() != 0 else { return }
            try await project.shell("chmod 000 b/secret")
            await #expect(throws: Failure(.denied, "'b/secret' could not be copied: Permission denied.")) {
                _ = try await project.open(.copy)
            }
        }
    }
}
