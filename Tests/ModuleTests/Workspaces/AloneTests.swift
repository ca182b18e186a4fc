import Foundation
import PipelineKit
import Testing
import WorkspaceKit

/// What is ordinary is done without git: its index is not written, although what it says of a file no longer holds.
@Suite(.serialized) struct AloneTests {
    private static let files = ["a.py": "1\n", "src/b.py": "2\n", "run.sh": "3\n", ".gitignore": "*.log\n"]

    /// Whether git brought its index up to date with what was done to a project.
    private func asksGit(
        _ work: String,
        in files: [String: String] = files,
        before: String = ":"
    ) async throws -> Bool {
        try await Project.with(files) { project in
            let opened = try await project.open()
            try await project.shell(before)
            if before != ":" { _ = try await project.snapshot(opened.workspace) }
            let index = "cat '\(project.state)'/workspaces/*/runs/run-1/index | git hash-object --stdin"
            let written = try await project.shell(index)
            try await project.shell(work)
            _ = try await project.snapshot(opened.workspace)
            return try await project.shell(index) != written
        }
    }

    @Test(arguments: [
        "echo 2 > a.py", "echo longer > src/b.py", "rm a.py", "rm -r src", "chmod 755 run.sh",
        "rm run.sh; ln -s a.py run.sh", "mv a.py a; cp a a.py; rm a", "mkfifo pipe; mkdir empty; echo 2 > a.py",
    ])
    func gitIsNotAskedOf(work: String) async throws { #expect(try await !asksGit(work)) }

    @Test(arguments: [
        "echo 1 > new.py", "mkdir d; echo 1 > d/x", "echo '*.txt' > .gitignore", "mv a.py c.py", "rm .gitignore",
        "head -c 9000000 /dev/zero > a.py", "git init -q src; echo 3 > src/b.py",
    ])
    func gitIsAskedOf(work: String) async throws { #expect(try await asksGit(work)) }

    /// Git is asked once what it ignores, and no more of it.
    @Test(arguments: ["echo 2 > x.log", "echo 2 > __pycache__/new.pyc", "rm x.log", "rm -r __pycache__"])
    func whatIsIgnoredStaysSo(work: String) async throws {
        let before = "echo 1 > x.log; mkdir __pycache__; echo 1 > __pycache__/a.pyc"
        #expect(try await !asksGit("\(work); echo 2 > a.py", before: before))
        #expect(try await asksGit("echo 1 > y.log; echo 2 > a.py", before: before))
    }

    /// Git compares whole seconds, and would not see this one.
    @Test func aChangeBehindTheTimesOfAFileIsSeen() async throws {
        try await Project.with(Self.files) { project in
            try await project.shell("touch -d '1 hour ago' a.py")
            let opened = try await project.open()
            try await project.shell("touch -r a.py ../stamp; echo 2 > a.py; touch -r ../stamp a.py")
            let now = try await project.snapshot(opened.workspace)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes.lines == ["modified a.py"])
        }
    }

    /// Laid out by git, a tree leaves the index it was laid out with.
    @Test func aJudgedTreeIsLaidOutWithoutGit() async throws {
        try await Project.with(Self.files) { project in
            let opened = try await project.open()
            try project.write(String(repeating: "large", count: 2_000_000), to: "a.py")
            let now = try await project.snapshot(opened.workspace)
            let rebuilt = try await project.keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: now,
                under: EditPolicy(),
                of: Project.id
            )
            #expect(try project.read("a.py", in: rebuilt.path).utf8.count == 10_000_000)
            let runs = try await project.shell("ls '\(project.state)'/workspaces/*/runs/run-1")
            #expect(runs == "ignored\nindex\njudged.index\nproject\nrecord\n")
        }
    }

    /// An object that is no file of its own any more, and one that is broken.
    @Test func gitLaysOutWhatIsPacked() async throws {
        try await Project.with(Self.files) { project in
            let opened = try await project.open()
            try await project.shell(
                "cd '\(project.state)'/workspaces/*/git; git repack -adq; git prune-packed; find objects"
            )
            try project.write("4\n", to: "a.py")
            let now = try await project.snapshot(opened.workspace)
            let rebuilt = try await project.keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: now,
                under: EditPolicy(),
                of: Project.id
            )
            #expect(try project.read("a.py", in: rebuilt.path) == "4\n")
            #expect(try project.read("src/b.py", in: rebuilt.path) == "2\n")
        }
    }
}
