import Foundation
import GitTool
import PipelineKit
import PipelineTesting
import Testing

/// What is told of branches, and what is done with them.
struct GitBranchTests {
    private func branch(_ json: JSONValue = [:], in path: String) async throws -> String {
        var registry = Registry()
        registry.add(GitBranchTool.self)
        let tool = try #require(registry.tools["git_branch"]).make([:])
        return try await tool.call(json, ToolContext(workspace: Workspace(path: path))).text
    }

    @Test func keepsTheToolsPromises() async throws {
        let repository = [".git/HEAD": "ref: refs/heads/main\n", ".git/objects/info/keep": "", ".git/refs/keep": ""]
        try await expectConformance(of: GitBranchTool.self, arguments: [:], files: repository)
    }

    /// A repository with two commits on `main`, one of them on `old`, and an upstream of `main` that has gone on.
    private func withBranches(_ body: (Project) async throws -> Void) async throws {
        try await Project.with(["a.py": "1\n", "b.py": "1\n"], git: true) { project in
            try await project.shell(
                """
                export GIT_AUTHOR_DATE=2026-01-02T03:04:05Z GIT_COMMITTER_DATE=2026-01-02T03:04:05Z
                git config user.name A; git config user.email a@b
                git branch old; echo 2 > a.py; git commit -qam second
                git clone -q . ../other 2>&1; cd ../other; git config user.name A; git config user.email a@b
                for n in 1 2; do git commit -q --allow-empty -m theirs; done; cd ../project
                git remote add origin ../other; git fetch -q; git branch -q -u origin/main
                git commit -q --allow-empty -m ours
                """
            )
            try await body(project)
        }
    }

    @Test func branchesAreListedWithTheirUpstreams() async throws {
        try await withBranches { project in
            let main = try await project.git("rev-parse", "--short", "main").trimmed
            let old = try await project.git("log", "-1", "--format=%h %cs", "old").trimmed
            let lines = try await branch(in: project.path).split(separator: "\n").map(String.init).sorted()
            #expect(lines == ["  old \(old) first", "* main \(main) 2026-01-02 ours [origin/main: ahead 1, behind 2]"])
            try await project.git("switch", "-q", "--detach")
            let commit = try await project.git("rev-parse", "main").prefix(10)
            let above = "No branch is checked out, but the commit \(commit).\n"
            #expect(try await branch(in: project.path).hasPrefix(above))
        }
        try await Project.with { project in
            try await project.git("init", "-q", "-b", "trunk")
            #expect(try await branch(in: project.path) == "The branch 'trunk' has no commit yet.")
        }
    }

    @Test func aBranchIsMadeSwitchedToAndDeleted() async throws {
        try await withBranches { project in
            let old = try await project.git("rev-parse", "old").prefix(10)
            #expect(
                try await branch(["action": "create", "name": "new/one", "start": "old"], in: project.path)
                    == "Made the branch 'new/one' at \(old). It is not checked out."
            )
            let delete: JSONValue = ["action": "delete", "name": "new/one"]
            #expect(
                try await branch(["action": "switch", "name": "new/one"], in: project.path) == "Switched to 'new/one'."
            )
            #expect(try project.read("a.py") == "1\n")
            #expect(try await project.git("symbolic-ref", "HEAD") == "refs/heads/new/one\n")
            try await project.shell("git commit -q --allow-empty -m work")
            #expect(try await branch(["action": "switch", "name": "main"], in: project.path) == "Switched to 'main'.")
            await #expect(throws: Failure.self) { _ = try await branch(delete, in: project.path) }
            let work = try await project.git("rev-parse", "new/one").prefix(10)
            try await project.shell("git merge -q -m merged new/one; git branch -q --unset-upstream")
            #expect(try await branch(delete, in: project.path) == "Deleted the branch 'new/one', which was at \(work).")
            #expect(
                try await project.git("for-each-ref", "--format=%(refname)", "refs/heads")
                    == "refs/heads/main\nrefs/heads/old\n"
            )
        }
    }

    @Test func nothingIsLostBySwitching() async throws {
        try await withBranches { project in
            try project.write("mine\n", to: "a.py")
            let failure = await #expect(throws: Failure.self) {
                _ = try await branch(["action": "switch", "name": "old"], in: project.path)
            }
            #expect(
                failure?.message.hasPrefix(
                    """
                    The branch 'old' cannot be checked out: error: Your local changes to the following files would be \
                    overwritten by checkout:
                    \ta.py
                    """
                ) == true
            )
            #expect(try project.read("a.py") == "mine\n")
            #expect(try await project.git("symbolic-ref", "HEAD") == "refs/heads/main\n")
            // What is the same in both goes along.
            try await project.shell("git checkout -q a.py; echo mine > b.py")
            #expect(try await branch(["action": "switch", "name": "old"], in: project.path) == "Switched to 'old'.")
            #expect(try project.read("b.py") == "mine\n")
        }
    }

    @Test(
        arguments: [
            (["action": "create"], "Missing field 'name': the branch to create."),
            (["name": "x"], "Field 'name' is not taken by 'list'."),
            (["action": "switch", "name": "old", "start": "main"], "Field 'start' is taken by 'create' only."),
            (["action": "create", "name": "-x"], "'-x' cannot be the name of a branch."),
            (["action": "create", "name": "a..b"], "'a..b' cannot be the name of a branch."),
            (["action": "create", "name": "@{-1}"], "'@{-1}' cannot be the name of a branch."),
            (["action": "create", "name": "a\0b"], "'a\0b' cannot be the name of a branch."),
            (["action": "create", "name": ""], "'' cannot be the name of a branch."),
            (["action": "create", "name": "x", "start": "nowhere"], "There is no commit or branch 'nowhere'."),
            (["action": "create", "name": "x", "start": "--all"], "There is no commit or branch '--all'."),
            (["action": "switch", "name": "olf"], "There is no branch 'olf'. Did you mean 'old'?"),
            (["action": "delete", "name": "zzzzz"], "There is no branch 'zzzzz'."),
            (
                ["action": "create", "name": "old"],
                "The branch 'old' cannot be made: fatal: a branch named 'old' already exists"
            ),
        ] as [(JSONValue, String)]
    )
    func sayWhatIsWrong(arguments: JSONValue, message: String) async throws {
        try await withBranches { project in
            let refs = try await project.git("for-each-ref")
            let failure = await #expect(throws: Failure.self) { _ = try await branch(arguments, in: project.path) }
            #expect(failure?.message == message)
            #expect(try await project.git("for-each-ref") == refs)
        }
    }

    @Test func whatIsNotMergedOrCheckedOutStays() async throws {
        try await withBranches { project in
            try await project.shell(
                "git branch work; git switch -q work; git commit -q --allow-empty -m w; git switch -q main"
            )
            for (name, words) in [("work", "is not fully merged"), ("main", "checked out at")] {
                let failure = await #expect(throws: Failure.self) {
                    _ = try await branch(["action": "delete", "name": .string(name)], in: project.path)
                }
                #expect(failure?.message.hasPrefix("The branch '\(name)' cannot be deleted: error: ") == true)
                #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
            }
        }
    }

    @Test func aPartOfARepositoryDoesNotSwitch() async throws {
        try await Project.with(["sub/a": "1\n"], git: true) { project in
            try await project.git("branch", "other")
            let message =
                "The workspace is a part of its repository, and files outside of it would change with the branch."
            await #expect(throws: Failure(.denied, message)) {
                _ = try await branch(["action": "switch", "name": "other"], in: "\(project.path)/sub")
            }
        }
    }

    @Test func onlyListingIsReading() throws {
        let tool = try GitBranchTool(settings: NoFields())
        let reaches = try (["list", "create", "switch", "delete"] as [JSONValue]).map { action in
            let arguments: JSONValue = action == "list" ? [:] : ["action": action, "name": "x"]
            return tool.scope(of: try .init(json: arguments), in: Workspace(path: "/")).reach
        }
        #expect(reaches == [[.reads], [.reads, .writes], [.reads, .writes], [.reads, .writes]])
    }

    @Test func noProgramOfTheRepositoryRuns() async throws {
        try await withBranches { project in
            try await project.shell(
                """
                echo '*.py filter=evil' > .gitattributes; git config submodule.recurse true
                for k in core.fsmonitor filter.evil.clean filter.evil.smudge filter.evil.process core.pager \
                core.sshCommand; do git config $k "touch $PWD/ran; cat"; done; git config filter.evil.required true
                for h in post-checkout reference-transaction post-index-change; do
                printf '#!/bin/sh\\ntouch %s/ran\\n' "$PWD" > .git/hooks/$h; chmod +x .git/hooks/$h; done
                """
            )
            _ = try await branch(in: project.path)
            _ = try await branch(["action": "create", "name": "new", "start": "old"], in: project.path)
            #expect(try await branch(["action": "switch", "name": "old"], in: project.path) == "Switched to 'old'.")
            _ = try await branch(["action": "delete", "name": "new"], in: project.path)
            #expect(!FileManager.default.fileExists(atPath: "\(project.path)/ran"))
            try await project.shell("git switch -q main || true")
            #expect(FileManager.default.fileExists(atPath: "\(project.path)/ran"), "The traps work.")
        }
    }
}
