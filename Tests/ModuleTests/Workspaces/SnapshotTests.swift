import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// What a snapshot remembers, in projects with git and without.
@Suite(.serialized) struct SnapshotTests {
    @Test(arguments: [false, true])
    func equalStatesHaveEqualIds(git: Bool) async throws {
        try await Project.with(["a.py": "1\n", "src/b.py": "2\n"], git: git) { project in
            let opened = try await project.open()
            #expect(try await project.snapshot(opened.workspace) == opened.start)
            try project.write("3\n", to: "a.py")
            let changed = try await project.snapshot(opened.workspace)
            #expect(changed != opened.start)
            try project.write("1\n", to: "a.py")
            #expect(try await project.snapshot(opened.workspace) == opened.start)
            #expect(try await project.open() == opened)
        }
    }

    @Test(arguments: [false, true])
    func changesAreNamed(git: Bool) async throws {
        try await Project.with(["a.py": "1\n", "b.py": "2\n", ".gitignore": "*.log\n"], git: git) { project in
            let opened = try await project.open()
            try project.write("3\n", to: "a.py")
            try FileManager.default.removeItem(atPath: "\(project.path)/b.py")
            try project.write("4\n", to: "new/c.py")
            try project.write("5\n", to: "x.log")
            try project.write("6\n", to: "__pycache__/c.pyc")
            let now = try await project.snapshot(opened.workspace)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes.lines == ["added new/c.py", "deleted b.py", "modified a.py"])
        }
    }

    /// A repository says nothing of what it ignores, so a project in there is a project of its own.
    @Test func aProjectInAnIgnoredDirectoryIsRecordedWhole() async throws {
        try await Project.with([".gitignore": "build/\n", "build/app/a.py": "1\n"], git: true) { project in
            let app = "\(project.path)/build/app"
            let opened = try await project.keeper.open(WorkspaceOrder(app), for: Project.id)
            try project.write("2\n", to: "build/app/a.py")
            let now = try await project.snapshot(opened.workspace)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes.lines == ["modified a.py"])
            let tree = try await project.keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: now,
                under: EditPolicy(),
                of: Project.id
            )
            #expect(try String(contentsOfFile: "\(tree.path)/a.py", encoding: .utf8) == "2\n")
            let sentence =
                "'\(app)' belongs to no git repository, so it has no worktree; use 'isolation: copy' or "
                + "'isolation: none'."
            await #expect(throws: Failure(.invalidInput, sentence)) {
                try await project.keeper.open(WorkspaceOrder(app, isolation: .worktree), for: "run-2")
            }
        }
    }

    /// Tracked files make an ignored directory a part of the repository all the same.
    @Test func aTrackedDirectoryIsAPartOfTheRepositoryThoughItIsIgnored() async throws {
        try await Project.with(["build/app/a.py": "1\n"], git: true) { project in
            try project.write("build/\n", to: ".gitignore")
            let app = "\(project.path)/build/app"
            let opened = try await project.keeper.open(WorkspaceOrder(app, isolation: .worktree), for: Project.id)
            #expect(opened.workspace.path.hasSuffix("/build/app"))
            #expect(opened.workspace.path != app)
        }
    }

    @Test(arguments: [false, true])
    func oddFilesComeBackAsTheyWere(git: Bool) async throws {
        try await Project.with(["plain.txt": "a\r\nb\n"], git: git) { project in
            try await project.shell(Self.oddFiles)
            let opened = try await project.open()
            let before = try FileTree(project.path, except: ".git")
            try await project.shell(
                "find . -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +; echo x > other; mkdir run.sh"
            )
            try await project.keeper.restore(opened.start, into: opened.workspace, of: Project.id)
            try await project.shell("find . -type d -empty ! -path './.git/*' -delete")
            #expect(try FileTree(project.path, except: ".git") == before)
            #expect(try await project.snapshot(opened.workspace) == opened.start)
        }
    }

    private static let oddFiles = #"""
        printf '#!/bin/sh\n' > run.sh; chmod 755 run.sh
        head -c 300000 /dev/urandom > big.bin; printf '\000\001\r\n\377' > small.bin
        ln -s plain.txt link; ln -s /etc/passwd outside; ln -s nowhere dangling
        printf 1 > 'with space'; printf 2 > 'quo"te'; printf 3 > "$(printf 'line\nbreak')"; printf 4 > -rf
        printf 5 > ünïcødé; printf 6 > ':(top)x'; printf 7 > '*'; printf 8 > "$(printf 'tab\there')"
        mkdir -p 'deep er/-d'; printf 9 > 'deep er/-d/--'; printf '\xef\xbb\xbfbom\r\n' > bom.txt
        printf '* text eol=crlf filter=evil ident working-tree-encoding=UTF-16\n' > .gitattributes
        printf 'a\nb\n$Id$\n' > unix.txt
        """#

    @Test func filesThatAreIgnoredStay() async throws {
        try await Project.with(["a.py": "1\n", ".gitignore": "*.log\ncache/\n"]) { project in
            let opened = try await project.open()
            try project.write("kept", to: "x.log")
            try project.write("kept", to: "cache/y")
            try project.write("2\n", to: "a.py")
            try project.write("gone", to: "new.py")
            try await project.keeper.restore(opened.start, into: opened.workspace, of: Project.id)
            #expect(
                try FileTree(project.path).entries.keys.sorted() == [".gitignore", "a.py", "cache", "cache/y", "x.log"]
            )
            #expect(try project.read("a.py") == "1\n")
        }
    }

    @Test func whatThePersonTracksIsNeverIgnored() async throws {
        try await Project.with(["dist/keep.js": "1\n", "a.py": "1\n"], git: true) { project in
            try project.write("dist/\n", to: ".gitignore")
            try project.write("2\n", to: "dist/keep.js")
            try project.write("3\n", to: "dist/other.js")
            try project.write("secret/\n", to: ".git/info/exclude")
            try project.write("x", to: "secret/x")
            let opened = try await project.open()
            let empty = SnapshotID("4b825dc642cb6eb9a060e54bf8d69288fbee4904")
            let files = try await project.keeper.changes(opened.workspace, from: empty, to: opened.start)
            #expect(files.lines == ["added .gitignore", "added a.py", "added dist/keep.js"])
        }
    }

    @Test func aPartOfARepositoryIsAProjectOfItsOwn() async throws {
        try await Project.with(["app/a.py": "1\n", "other/b.py": "2\n", ".gitignore": "*.log\n"], git: true) {
            project in
            let path = "\(project.path)/app"
            let opened = try await project.open(at: path)
            #expect(opened.workspace == Workspace(path: path))
            try project.write("2\n", to: "app/a.py")
            try project.write("3\n", to: "app/x.log")
            try project.write("4\n", to: "other/b.py")
            let now = try await project.snapshot(opened.workspace)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes == [FileChange(.modified, "a.py")])
            try await project.keeper.restore(opened.start, into: opened.workspace, of: Project.id)
            #expect(try project.read("app/a.py") == "1\n")
            #expect(try project.read("other/b.py") == "4\n")
        }
    }

    @Test func anEmptyPartOfARepositoryIsAProjectToo() async throws {
        try await Project.with(["other/b.py": "2\n"], git: true) { project in
            try FileManager.default.createDirectory(atPath: "\(project.path)/app", withIntermediateDirectories: true)
            let opened = try await project.open(at: "\(project.path)/app")
            try project.write("1", to: "app/a")
            let now = try await project.snapshot(opened.workspace)
            #expect(
                try await project.keeper.changes(opened.workspace, from: opened.start, to: now) == [
                    FileChange(.added, "a")
                ]
            )
        }
    }

    @Test(arguments: [false, true])
    func embeddedRepositoriesAreRecordedByTheirFiles(git: Bool) async throws {
        try await Project.with(["a.py": "1\n"], git: git) { project in
            try await project.shell(Self.embed)
            let opened = try await project.open()
            let empty = SnapshotID("4b825dc642cb6eb9a060e54bf8d69288fbee4904")
            let files = try await project.keeper.changes(opened.workspace, from: empty, to: opened.start)
            #expect(files.lines == ["a.py", "born/inner/y", "born/x", "unborn/z"].map { "added \($0)" })
            #expect(try await project.snapshot(opened.workspace) == opened.start)
            try project.write("changed", to: "born/inner/y")
            try project.write("new", to: "unborn/new")
            let now = try await project.snapshot(opened.workspace)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes.lines == ["added unborn/new", "modified born/inner/y"])
            try await project.keeper.restore(opened.start, into: opened.workspace, of: Project.id)
            #expect(try await project.snapshot(opened.workspace) == opened.start)
        }
    }

    private static let embed = """
        commit() { git add -A 2>/dev/null; git -c user.name=A -c user.email=a@b commit -q -m x; }
        mkdir -p born/inner unborn; git init -q born; git init -q born/inner; git init -q unborn
        echo 1 > born/x; echo 2 > born/inner/y; echo 3 > unborn/z; (cd born/inner && commit); (cd born && commit)
        """

    @Test func noProgramOfTheProjectRuns() async throws {
        try await Project.with(["a.py": "1\n", "sub/b": "1\n"], git: true) { project in
            try project.write("* filter=evil diff=evil\n", to: ".gitattributes")
            try await project.shell(
                """
                git init -q sub; (cd sub; git add -A; git -c user.name=A -c user.email=a@b commit -q -m x)
                cp .gitattributes sub/
                R=$PWD-ran; for d in . sub; do cd $d
                for k in core.fsmonitor filter.evil.clean filter.evil.smudge filter.evil.process diff.evil.textconv \
                diff.external core.sshCommand core.pager; do git config $k "touch $R-$d; cat"; done
                for h in post-checkout post-index-change pre-commit reference-transaction; do
                printf '#!/bin/sh\\ntouch %s\\n' "$R-$d" > .git/hooks/$h; chmod +x .git/hooks/$h; done; cd - >/dev/null; done
                """
            )
            for isolation in [WorkspacePolicy.Isolation.none, .worktree] {
                let run = RunID(isolation.rawValue)
                let opened = try await project.keeper.open(WorkspaceOrder(project.path, isolation: isolation), for: run)
                try project.write("2 \(run)\n", to: "a.py", in: opened.workspace.path)
                // Of the same size, so that git would have to read it, through the filter.
                try project.write("2\n", to: "sub/b", in: opened.workspace.path)
                let now = try await project.keeper.snapshot(opened.workspace, of: run)
                _ = try await project.keeper.diff(opened.workspace, from: opened.start, to: now)
                let rebuilt = try await project.keeper.rebuild(
                    opened.workspace,
                    from: opened.start,
                    with: now,
                    under: EditPolicy(),
                    of: run
                )
                #expect(try project.read("a.py", in: rebuilt.path) == "2 \(run)\n")
                try await project.keeper.restore(opened.start, into: opened.workspace, of: run)
                try await project.keeper.discard(opened.workspace, of: run)
            }
            // Beside the project, where nothing takes it away again.
            #expect(try await project.shell("find .. -name '*-ran-*'") == "")
            try await project.shell("git status; cd sub; echo 3 > b; git status || true")
            let ran = try await project.shell("find .. -name '*-ran-*' | sort")
            #expect(ran == "../project-ran-.\n../project-ran-sub\n", "The traps work when git runs by itself.")
        }
    }
}
