import Foundation
import PipelineKit
import Testing
import WorkspaceKit

/// A goal holds out files: they are nowhere where the work is done, and in the tree that judges it.
@Suite(.serialized) struct SealedPlaceTests {
    private static let files = [
        "calc.py": "def add(a, b): pass\n", "tests/test_add.py": "seen\n", "tests/secret/test_more.py": "the secret\n",
        "tests/secret/data.json": "[1]\n", ".gitignore": "*.log\n", "sub/a.txt": "1\n",
    ]

    private func withPlace(
        _ patterns: [String] = ["tests/secret/**"],
        git: Bool = true,
        isolation: WorkspacePolicy.Isolation = .worktree,
        at directory: String = "",
        _ body: (Project, OpenedWorkspace) async throws -> Void
    ) async throws {
        try await Project.with(Self.files, git: git) { project in
            let place = directory.isEmpty ? project.path : "\(project.path)/\(directory)"
            let order = WorkspaceOrder(place, isolation: isolation, heldOut: patterns)
            let opened = try await project.keeper.open(order, for: Project.id)
            try await body(project, opened)
        }
    }

    private func failure(_ patterns: [String], isolation: WorkspacePolicy.Isolation = .copy) async throws -> String {
        do {
            try await withPlace(patterns, isolation: isolation) { _, _ in }
            return ""
        } catch let failure as Failure {
            return failure.message
        }
    }

    @Test(arguments: [WorkspacePolicy.Isolation.worktree, .copy], [true, false])
    func whatIsHeldOutIsNotAmongTheFiles(isolation: WorkspacePolicy.Isolation, git: Bool) async throws {
        try await withPlace(git: git, isolation: isolation) { project, opened in
            #expect(opened.workspace.path != project.path)
            let files = try await project.shell(
                "find . -type f -not -path './.git/*' | LC_ALL=C sort",
                in: opened.workspace.path
            )
            #expect(files == "./.gitignore\n./calc.py\n./sub/a.txt\n./tests/test_add.py\n")
            #expect(opened.workspace.heldOut != nil)
            let original = try project.read("tests/secret/test_more.py")
            #expect(original == "the secret\n")
        }
    }

    @Test func gitKnowsNothingOfIt() async throws {
        try await withPlace { project, opened in
            let path = opened.workspace.path
            let status = try await project.git("status", "--porcelain", in: path)
            let history = try await project.git("log", "--all", "--format=%s", in: path)
            #expect(status == "" && history == "What the run begins with\n")
            let objects = """
                git cat-file --batch-check --batch-all-objects | cut -d' ' -f1 | while read object; do
                git cat-file -p $object; done | grep -c 'the secret' || :
                """
            let secrets = try await project.shell(objects, in: path)
            #expect(secrets == "0\n")
            #expect(!FileManager.default.fileExists(atPath: "\(path)/.git/objects/info/alternates"))
            let trees = try await project.git("worktree", "list", "--porcelain")
            #expect(trees.split(separator: "worktree ").count == 1)
        }
    }

    @Test func itIsLaidOverTheTreeThatIsJudged() async throws {
        try await withPlace { project, opened in
            let path = opened.workspace.path
            // A file where its directory has to be, and a guess at what is in there.
            try project.write("a cheat\n", to: "tests/secret", in: path)
            try project.write("print(1)\n", to: "calc.py", in: path)
            var policy = EditPolicy(protect: ["tests/secret/**"])
            policy.adding = opened.workspace.heldOut
            let now = try await project.snapshot(opened.workspace)
            let tree = try await project.keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: now,
                under: policy,
                of: Project.id
            )
            #expect(try project.read("tests/secret/test_more.py", in: tree.path) == "the secret\n")
            #expect(try project.read("calc.py", in: tree.path) == "print(1)\n")
            policy.adding = nil
            let without = try await project.keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: now,
                under: policy,
                of: Project.id
            )
            #expect(!FileManager.default.fileExists(atPath: "\(without.path)/tests/secret/test_more.py"))
        }
    }

    @Test func openedAgainItIsTheSame() async throws {
        try await withPlace { project, opened in
            let order = WorkspaceOrder(project.path, isolation: .worktree, heldOut: ["tests/secret/**"])
            let again = try await project.keeper.open(order, for: Project.id)
            #expect(again == opened)
        }
    }

    @Test func patternsAreRelativeToAPartOfARepository() async throws {
        try await withPlace(["a.txt"], at: "sub") { project, opened in
            #expect(opened.workspace.path.hasSuffix("/sub"))
            #expect(try await project.shell("ls -A . ..", in: opened.workspace.path).contains("calc.py"))
            var policy = EditPolicy()
            policy.adding = opened.workspace.heldOut
            let tree = try await project.keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: opened.start,
                under: policy,
                of: Project.id
            )
            #expect(try await project.shell("ls -A", in: tree.path) == "a.txt\n")
        }
    }

    @Test func aForkHasNoneOfItEither() async throws {
        try await withPlace { project, first in
            try project.write("changed\n", to: "calc.py", in: first.workspace.path)
            let now = try await project.snapshot(first.workspace)
            for directory in [first.workspace.path, "/nowhere"] {
                let fork = ForkedFiles(now, directory: directory, heldOut: first.workspace.heldOut)
                let sealed = ["tests/secret/**"]
                let order = WorkspaceOrder(project.path, isolation: .worktree, heldOut: sealed, fork: fork)
                let run = RunID("fork-\(directory.count)")
                _ = try await project.keeper.pin([now], of: project.path, for: run)
                let second = try await project.keeper.open(order, for: run)
                #expect(second.workspace.heldOut == first.workspace.heldOut)
                #expect(try project.read("calc.py", in: second.workspace.path) == "changed\n")
                #expect(!FileManager.default.fileExists(atPath: "\(second.workspace.path)/tests/secret"))
                #expect(
                    try await project.git("log", "--all", "--format=%s", in: second.workspace.path)
                        == "What the run begins with\n"
                )
            }
        }
    }

    @Test func whatIsWrittenInItsPlaceIsNotBroughtToTheProject() async throws {
        try await withPlace { project, opened in
            try project.write("a cheat\n", to: "tests/secret/test_more.py", in: opened.workspace.path)
            try project.write("print(1)\n", to: "calc.py", in: opened.workspace.path)
            let delivery = Delivery(
                of: Project.id,
                to: project.path,
                from: opened.start,
                to: try await project.snapshot(opened.workspace),
                as: .files,
                leavingOut: ["tests/secret/**"]
            )
            #expect(try await project.keeper.deliver(delivery).changes.lines == ["modified calc.py"])
            #expect(try project.read("tests/secret/test_more.py") == "the secret\n")
        }
    }

    @Test func aPatternThatHoldsOutNothingIsNamed() async throws {
        #expect(
            try await failure(["tests/secret/**", "tests/hidden/**"]).replacing(#/'\/[^']*'/#, with: "PROJECT")
                == "'holdout' names 'tests/hidden/**', and PROJECT has no such file that git does not ignore."
        )
        #expect(try await failure(["../x"]).contains("leaves the workspace"))
    }

    @Test func whereTheModelWorksInTheProjectNothingCanBeHeldOut() async throws {
        #expect(
            try await failure(["calc.py"], isolation: .none)
                == "The goal holds out files, and with 'isolation: none' they stand where the model works; use 'isolation: "
                + "copy' or 'isolation: worktree'."
        )
    }
}
