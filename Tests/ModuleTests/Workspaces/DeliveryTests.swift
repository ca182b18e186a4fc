import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// What a run changed comes to the project as a whole, beside what the person did meanwhile, or not at all.
@Suite(.serialized) struct DeliveryTests {
    static let lines = (1...9).map { "line \($0)\n" }.joined()

    /// A run that has done its work, and the person's project.
    private func delivered(
        _ work: String,
        meanwhile: String = ":",
        git: Bool = true,
        isolation: WorkspacePolicy.Isolation = .copy,
        as target: Delivery.Target = .files,
        _ body: (Project, () throws -> Delivered) async throws -> Void
    ) async throws {
        let files = ["a": Self.lines, "b": "1\n", "d/c": "1\n", "d/e": "1\n", ".gitignore": "*.log\n"]
        try await Project.with(files, git: git) { project in
            let opened = try await project.open(isolation)
            try await project.shell(work, in: opened.workspace.path)
            let now = try await project.snapshot(opened.workspace)
            try await project.shell(meanwhile)
            let delivery = Delivery(of: Project.id, to: project.path, from: opened.start, to: now, as: target)
            let result = await Self.deliver(delivery, project)
            try await body(project) { try result.get() }
            // Whatever came of it, nothing is left beside the files.
            #expect(
                try await project.shell("find . -name '.sluice-*'; ls ../state/workspaces/*/delivery 2>/dev/null || :")
                    == ""
            )
        }
    }

    private static func deliver(_ delivery: Delivery, _ project: Project) async -> Result<Delivered, Failure> {
        do throws(Failure) { return .success(try await project.keeper.deliver(delivery)) } catch {
            return .failure(error)
        }
    }

    @Test(arguments: [false, true])
    func everythingComesOver(git: Bool) async throws {
        let work = #"""
            echo new > new; mkdir -p deep/er; printf 'a\000\377' > deep/er/bin; rm b; ln -s new link; chmod +x d/c
            sed -i 's/line 5/LINE 5/' a; printf 1 > "$(printf 'x\ny')"; printf 2 > "$(printf 'z\377')"; printf 3 > -rf
            mv d/e moved; echo log > x.log; git add -A 2>/dev/null || :
            """#
        try await delivered(work, meanwhile: "echo mine > mine; chmod 640 a", git: git) { project, result in
            let kinds = try result().changes.lines
            #expect(kinds.count == 11 && kinds.contains("deleted b") && kinds.contains("added moved"))
            #expect(try await project.shell("cat -- -rf \"$(printf 'x\\ny')\" \"$(printf 'z\\377')\"") == "312")
            #expect(
                try await project.shell("cat new deep/er/bin link moved mine; sed -n 5p a; stat -c %a a d/c").hasPrefix(
                    "new\na\0"
                )
            )
            #expect(
                try await project.shell("sed -n 5p a; stat -c '%a' a; readlink link; ls x.log 2>/dev/null || echo none")
                    == "LINE 5\n640\nnew\nnone\n"
            )
            #expect(try await project.shell("test -x d/c && test ! -e b && test ! -e d/e && echo right") == "right\n")
            if git { #expect(try await project.git("diff", "--cached", "--name-only") == "") }
        }
    }

    @Test func bothChangesOfAFileAreKept() async throws {
        let meanwhile = "sed -i 's/line 9/LINE 9/' a; echo 2 > b; rm d/e"
        try await delivered("sed -i 's/line 1/LINE 1/' a; chmod +x a; rm d/e; echo 2 > b", meanwhile: meanwhile) {
            project,
            result in
            let delivered = try result()
            #expect(delivered.merged == ["a"])
            #expect(delivered.changes.lines == ["modified a"])
            #expect(try await project.shell("sed -n '1p;9p' a; test -x a && echo x") == "LINE 1\nLINE 9\nx\n")
        }
    }

    @Test(arguments: [
        ("sed -i 's/line 5/X/' a", "sed -i 's/line 5/Y/' a", "a: both sides changed the same lines"),
        ("printf 'a\\000' > b", "printf 'b\\000' > b", "b: both sides changed it, and it is no text"),
        ("rm b", "echo 3 > b", "b: the run removed it, and it has changed meanwhile"),
        ("echo 3 > b", "rm b", "b: the run changed it, and it has been removed meanwhile"),
        ("echo 3 > n", "echo 4 > n", "n: it is there already, with other content"),
        ("echo 3 > b", "rm b; ln -s a b", "b: it is a symbolic link on one side"),
        ("echo 3 > b", "rm b; mkdir b", "b: it is a directory in the project"),
        ("echo 3 > n", "mkdir n; echo 1 > n/x", "n: it is a directory in the project, with other files in it"),
        ("echo 3 > n", "mkfifo n", "n: it is neither a file nor a link in the project"),
        ("mkdir n; echo 3 > n/x", "echo 4 > n", "n/x: 'n' is a file in the project"),
        (
            "echo 3 > d/c", "mv d ../out; ln -s ../out d",
            "d/c: a directory on the way to it is a symbolic link in the project"
        ),
        (
            "mkdir n; echo 3 > n/x", "ln -s /tmp n",
            "n/x: a directory on the way to it is a symbolic link in the project"
        ),
        ("rm -r d; echo 3 > d", "echo 3 > d/mine", "d: it is a directory in the project, with other files in it"),
        ("rm -r d; echo 3 > d", "echo 3 > d/x.log", "d: it is a directory in the project, with other files in it"),
    ])
    func whenOneConflictsNothingIsChanged(work: String, meanwhile: String, reason: String) async throws {
        try await delivered("\(work); echo other > other", meanwhile: meanwhile) { project, result in
            let failure = Failure(
                .denied,
                """
                What run 'run-1' changed cannot be brought to '\(project.path)':
                  \(reason)
                Nothing was changed. Commit or undo what stands in the way and apply again, or merge a patch by hand: sluice \
                apply run-1 --patch FILE
                """
            )
            #expect(throws: failure) { try result() }
            let other = try await project.shell("ls other 2>/dev/null || echo none")
            #expect(other == "none\n")
        }
    }

    @Test(arguments: ["rm b; mkdir b; echo 1 > b/x", "rm -r d; echo 1 > d", "rm -r d; ln -s a d", "rm b; ln -s d b"])
    func kindsMayChange(work: String) async throws {
        try await delivered(work, isolation: .worktree) { project, result in
            _ = try result()
            let listing = "find . -name .git -prune -o -printf '%P %y %l\n' | sort"
            #expect(try await project.shell(listing) == project.shell(listing, in: "\(project.state)/worktrees/run-1"))
        }
    }

    @Test func whatIsThereAlreadyChangesNothing() async throws {
        try await delivered("echo 2 > b; rm d/c; echo n > n", meanwhile: "echo 2 > b; rm d/c; echo n > n") {
            _,
            result in
            let delivered = try result()
            #expect(delivered == Delivered(changes: []))
        }
    }

    // MARK: - Commits

    private static let person = "git config user.name Ada; git config user.email ada@example.org; "
    private static let message = "Fix it\n\nSluice-Run: run-1\n"

    @Test func aCommitHoldsTheseChangesAndNoOthers() async throws {
        let meanwhile =
            person()
                + #"""
                echo staged > s; git add s; echo mine > mine; sed -i 's/line 9/LINE 9/' a
                printf '#!/bin/sh\ntouch ../../ran\n' > .git/hooks/post-commit; chmod +x .git/hooks/post-commit
                cp .git/hooks/post-commit .git/hooks/reference-transaction; git config filter.f.clean 'touch ../ran; cat'
                """#
        let work =
            "sed -i 's/line 1/LINE 1/' a; rm b; echo '* filter=f' > .gitattributes; echo n > 'n w'; ln -s a l; chmod +x d/c"
        try await delivered(work, meanwhile: meanwhile, isolation: .worktree, as: .commit(message: Self.message)) {
            project,
            result in
            let commit = try #require(try result().commit)
            #expect(try await project.shell("ls ..") == "project\nstate\n")
            #expect(
                try await project.git("log", "-1", "--format=%H %an %ae%n%B")
                    == "\(commit) Ada ada@example.org\n\(Self.message)\n"
            )
            #expect(
                try await project.git("diff-tree", "-r", "--no-commit-id", "--name-status", "HEAD")
                    == "A\t.gitattributes\nM\ta\nD\tb\nM\td/c\nA\tl\nA\tn w\n"
            )
            // What was staged is staged, what was changed is changed, and nothing else differs.
            #expect(
                try await project.git("-c", "filter.f.clean=cat", "status", "--porcelain") == " M a\nA  s\n?? mine\n"
            )
            #expect(
                try await project.shell("git show HEAD:a | sed -n '1p;9p'; sed -n '1p;9p' a")
                    == "LINE 1\nline 9\nLINE 1\nLINE 9\n"
            )
        }
    }

    private func person() -> String { Self.person }

    @Test(arguments: [
        ("git checkout -q -b x; git add -A; M; git checkout -q main; git merge -q x --no-ff --no-commit", "MERGE_HEAD"),
        ("touch .git/index.lock", "index.lock"),
    ])
    func inTheMiddleOfSomethingNothingIsCommitted(meanwhile: String, name: String) async throws {
        let commit = "git commit -q --allow-empty -m x"
        let line = Self.person + meanwhile.replacing("M;", with: "\(commit);")
        try await delivered("echo 2 > b", meanwhile: line, as: .commit(message: "m")) { project, result in
            #expect(
                throws: Failure(
                    .denied,
                    "git is in the middle of something in the project: there is a '\(name)' in '\(project.path)/.git'. Finish "
                        + "that first. Nothing was changed."
                )
            ) { try result() }
            let text = try await project.shell("cat b; rm -f .git/index.lock")
            #expect(text == "1\n")
        }
    }

    @Test func whatIsStagedIsNotCommittedOver() async throws {
        let meanwhile = Self.person + "sed -i 's/line 9/LINE 9/' a; git add a"
        try await delivered("sed -i 's/line 1/LINE 1/' a", meanwhile: meanwhile, as: .commit(message: "m")) {
            _,
            result in
            let failure = try #require(throws: Failure.self) { try result() }
            #expect(failure.message.contains("\n  a: it is staged; commit or unstage it\n"))
        }
    }

    @Test(arguments: [WorkspacePolicy.Isolation.worktree, .copy])
    func aBranchLeavesTheWorkingTreeAlone(isolation: WorkspacePolicy.Isolation) async throws {
        let target = Delivery.Target.branch("fix/it", message: Self.message)
        let meanwhile = Self.person + "echo mine > b"
        try await delivered("echo 2 > b; echo n > n", meanwhile: meanwhile, isolation: isolation, as: target) {
            project,
            result in
            let commit = try #require(try result().commit)
            #expect(try await project.git("rev-parse", "fix/it") == "\(commit)\n")
            #expect(
                try await project.shell(
                    "cat b; git show fix/it:b fix/it:n; git status --porcelain; git branch --show-current"
                )
                    == "mine\n2\nn\n M b\nmain\n"
            )
        }
    }

    @Test func aBranchThatIsThereIsNotMoved() async throws {
        let target = Delivery.Target.branch("old", message: Self.message)
        try await delivered("echo 2 > b", meanwhile: Self.person + "git branch old", as: target) { project, result in
            #expect(throws: Failure(.denied, "There is a branch 'old' already, and it was not changed.")) {
                try result()
            }
        }
    }

    @Test(arguments: ["-x", "a..b", "a b", "", "x.lock"])
    func aNameThatNoBranchCanHaveIsRefused(name: String) async throws {
        try await delivered("echo 2 > b", meanwhile: Self.person, as: .branch(name, message: "m")) { _, result in
            let words = "'\(name)' cannot be the name of a branch; git-check-ref-format(1)."
            #expect(throws: Failure(.invalidInput, words)) { try result() }
        }
    }

    @Test func aPartOfARepositoryWithOtherNamesForItsObjects() async throws {
        try await Project.with(["app/a": "1\n", "b": "1\n"]) { project in
            try await project.shell("git init -q --object-format=sha256; \(Self.person) git add -A; git commit -q -m x")
            let opened = try await project.open(.worktree, at: "\(project.path)/app")
            try await project.shell("echo 2 > a; echo n > n; echo out > ../b", in: opened.workspace.path)
            let now = try await project.snapshot(opened.workspace)
            let place = "\(project.path)/app"
            let delivery = Delivery(of: Project.id, to: place, from: opened.start, to: now, as: .commit(message: "m"))
            let delivered = try await project.keeper.deliver(delivery)
            #expect(delivered.changes.lines == ["added n", "modified a"])
            #expect(
                try await project.shell("cat app/a app/n b; git status --porcelain; git show --format= --name-only")
                    == "2\nn\n1\napp/a\napp/n\n"
            )
            #expect(try await project.keeper.deliver(delivery) == Delivered(changes: []))
        }
    }

    @Test func withoutACommitOrARepositoryThereIsNoCommit() async throws {
        try await delivered("echo 2 > b", git: false, as: .commit(message: "m")) { project, result in
            let words =
                "'\(project.path)' belongs to no git repository, so there is nothing to commit to. Apply the run "
                + "without '--commit' and '--branch'."
            #expect(throws: Failure(.denied, words)) { try result() }
        }
    }
}
