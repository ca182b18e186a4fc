import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// Wherever a run works and whatever the project is: the start, what changed, the way back and the judged tree are right,
/// or a sentence says why it cannot be.
@Suite(.serialized) struct IsolationTableTests {
    private static let commit = "git -c user.name=A -c user.email=a@b commit -q --allow-empty -m x"
    private static let isolations: [WorkspacePolicy.Isolation] = [.none, .worktree, .copy]

    /// By name: what makes the project, and where in it the run works.
    private static let projects: [String: (setUp: String, place: String)] = [
        "no git": (":", ""),
        "a repository": ("git init -q; git add -A; C", ""),
        "a part of one": ("mkdir -p app/in; echo 1 > app/a; echo 1 > app/in/b; git init -q; git add -A; C", "/app"),
        "no commit": ("git init -q", ""),
        "a bare one": ("git init -q --bare", ""),
        "sha256": ("git init -q --object-format=sha256; git add -A; C", ""),
        "shallow": (
            "git init -q ../far; cd ../far; echo 1 > f; git add -A; C; C; cd ../project; git init -q; "
                + "git fetch -q --depth 1 file://$(cd ../far; pwd) HEAD; git reset -q --hard FETCH_HEAD", ""
        ),
        "a worktree": (
            "git init -q ../far; cd ../far; git commit --allow-empty -q -m x 2>/dev/null || C; "
                + "git worktree add -q ../project/wt; cd ../project/wt; echo 1 > a; git add -A; C", "/wt"
        ),
        "a submodule in it": ("SUB; git init -q; P submodule --quiet add ../sub sub; git add -A; C", ""),
        "nested submodules": (
            "SUB; git init -q ../mid; cd ../mid; P submodule --quiet add ../sub deep; C; cd ../project; git init -q; "
                + "P submodule --quiet add ../mid mid; P submodule --quiet update --init --recursive; git add -A; C", ""
        ),
        "one not initialised": (
            "SUB; git init -q; P submodule --quiet add ../sub sub; git add -A; C; git submodule --quiet deinit -f sub",
            ""
        ),
        "repositories in it": (
            "git init -q in; cd in; echo 1 > i; git add -A; C; cd ..; git init -q; git init -q un", ""
        ),
    ]

    private static let oddities = #"""
        ln -s a link; ln -s nowhere dangling; ln -s /etc out; ln -s loop loop; mkdir -p dir empty; ln -s dir todir
        printf '\000\001\377' > bin; printf 'a\r\nb\n' > crlf; printf 1 > "$(printf 'new\nline')"; printf 2 > 'quo"te'
        printf 3 > -dash; printf 4 > "$(printf 'no\377utf8')"; printf '#!/bin/sh\n' > run; chmod 755 run; printf 5 > Case
        printf 6 > case; printf '* filter=evil text eol=crlf\n' > .gitattributes; printf 7 > dir/x
        git config filter.evil.clean 'touch ../ran; cat' 2>/dev/null || :
        git config filter.evil.smudge 'touch ../ran; cat' 2>/dev/null || :
        """#

    private static let refusals: [String: [WorkspacePolicy.Isolation]] = [
        "no git": [.worktree], "no commit": [.worktree], "a bare one": [.worktree], "repositories in it": [.worktree],
    ]

    @Test(arguments: projects.keys.sorted(), isolations)
    func everythingIsRightOrRefused(name: String, isolation: WorkspacePolicy.Isolation) async throws {
        let (setUp, place) = try #require(Self.projects[name])
        try await Project.with(["a": "1\n", "keep": "1\n"]) { project in
            let sub = "git init -q ../sub; (cd ../sub; echo s > s; git add -A; C)"
            let line = setUp.replacing("SUB", with: sub).replacing("C;", with: "\(Self.commit);")
                .replacing("; C)", with: "; \(Self.commit))").replacing(
                    "P sub",
                    with: "git -c protocol.file.allow=always sub"
                )
            try await project.shell("set -e; " + (line.hasSuffix("; C") ? line.dropLast() + Self.commit : line))
            let directory = project.path + place
            try await project.shell(Self.oddities, in: directory)
            let opened: OpenedWorkspace
            do throws(Failure) {
                opened = try await project.keeper.open(WorkspaceOrder(directory, isolation: isolation), for: Project.id)
            } catch {
                #expect(Self.refusals[name]?.contains(isolation) == true, "\(error)")
                #expect(error.message.contains("use 'isolation: copy' or 'isolation: none'."), "\(error)")
                return
            }
            #expect(Self.refusals[name]?.contains(isolation) != true)
            try await check(opened, project)
            #expect(try await project.shell("ls .. | grep -x ran || echo no") == "no\n", "a filter was run")
        }
    }

    private func check(_ opened: OpenedWorkspace, _ project: Project) async throws {
        let path = opened.workspace.path
        let listing = #"find . -name .git -prune -o ! -type d -printf '%P|%y|%l|%s\n' | sort"#
        let before = try await project.shell(listing, in: path)
        #expect(
            before.contains("loop|l|loop|") && before.contains("no\u{FFFD}utf8|f||1") && before.contains("dir/x|f||1")
        )
        #expect(try await project.snapshot(opened.workspace) == opened.start)
        try await project.shell(
            #"""
            echo 2 > a; rm dangling; ln -s elsewhere dangling; rm bin; mkdir bin; echo 1 > bin/in; chmod -x run; rm -r dir
            echo 8 > dir; printf 9 > "$(printf 'new\nline')"; rm "$(printf 'no\377utf8')"; echo n > fresh; rm Case
            """#,
            in: path
        )
        let now = try await project.snapshot(opened.workspace)
        let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
        #expect(
            changes.lines == [
                "added bin/in", "added dir", "added fresh", "deleted Case", "deleted bin", "deleted dir/x",
                "deleted no\u{FFFD}utf8", "modified a", "modified dangling", "modified new\nline", "modified run",
            ]
        )
        let policy = EditPolicy(protect: ["a"])
        let judged = try await project.keeper.rebuild(
            opened.workspace,
            from: opened.start,
            with: now,
            under: policy,
            of: Project.id
        )
        #expect(judged.refused == [FileChange(.modified, "a")])
        #expect(try await project.shell("cat a fresh dir", in: judged.path) == "1\nn\n8\n")
        try await project.keeper.restore(opened.start, into: opened.workspace, of: Project.id)
        #expect(try await project.shell(listing, in: path) == before)
        #expect(try await project.snapshot(opened.workspace) == opened.start)
        try await project.keeper.discard(opened.workspace, of: Project.id)
    }

    @Test(arguments: isolations) func aLargeFileWithHolesIsKept(isolation: WorkspacePolicy.Isolation) async throws {
        try await Project.with(["a": "1\n"], git: true) { project in
            try await project.shell("truncate -s 300M holes")
            let opened = try await project.open(isolation)
            try await project.shell(
                "printf x | dd of=holes bs=1 seek=1000 conv=notrunc 2>/dev/null",
                in: opened.workspace.path
            )
            let now = try await project.snapshot(opened.workspace)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes.lines == ["modified holes"])
            try await project.keeper.restore(opened.start, into: opened.workspace, of: Project.id)
            #expect(
                try await project.shell("head -c 2000 holes | tr -d '\\000' | wc -c", in: opened.workspace.path)
                    == "0\n"
            )
        }
    }
}
