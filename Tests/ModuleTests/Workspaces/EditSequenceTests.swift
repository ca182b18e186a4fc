import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// Whatever is done to a project, a snapshot is the tree that git would write, and a judged directory holds it.
///
/// Two runs look at the same project: one as it is, and one that is made to ask git each time.
@Suite(.serialized) struct EditSequenceTests {
    private static let files = [
        "a.py": "1\n", "src/b.py": "2\n", "src/deep/er/c.py": "3\n", "run.sh": "4\n", ".gitignore": "*.log\ncache/\n",
        "with space": "5\n", "x.log": "6\n", "cache/y": "7\n", "src/keep.txt": "8\n",
    ]

    /// Each leaves the project in some state, whatever it was before; `$N` is a number.
    private static let ordinary = [
        "echo $N > a.py", "echo $N > src/b.py", "printf '%s\\n' $((N % 10)) > src/deep/er/c.py",
        "chmod 755 run.sh", "chmod 644 run.sh", "rm -f src/b.py", "touch a.py", "echo $N > x.log", "echo $N > cache/$N",
        "rm -rf src/deep", "echo $N > 'with space'", "rm -f run.sh; ln -s target$((N % 3)) run.sh", "mkdir -p empty/$N",
        "rm -f run.sh; echo 4 > run.sh", "rm -rf cache", "mkfifo pipe$N", "cp a.py ../c; mv ../c a.py",
        "chmod 400 a.py",
    ]
    private static let unusual = [
        "echo $N > new$N.py", "mkdir -p d$N; echo $N > d$N/x", "echo $N > \"$(printf 'line\\nbreak')\"",
        "echo $N > \"$(printf 'bad\\377name')\"", "mv src moved; mv moved src", "[ -d src ] && mv src src$N",
        "rm -rf src; echo file > src", "rm -rf src; mkdir -p src/b.py; echo $N > src/b.py/x", "echo $N > src.c",
        "rm -rf src; ln -s /etc src", "rm -rf a.py; mkdir a.py", "rm -rf a.py; echo $N > a.py", "ln -s dangling link$N",
        "mkdir -p cache; echo $N > cache/z", "rm -rf cache; echo file > cache", "echo $N > new.log; rm -f x.log",
        "mkdir x$N.log; echo $N > x$N.log/inside", "[ -d src ] && mkfifo src/pipe",
    ]
    private static let rules = [
        "echo '*.py' > .gitignore", "rm -f .gitignore", "printf '*.log\\ncache/\\n' > .gitignore",
        "mkdir -p src 2>/dev/null && echo '!x.log' > src/.gitignore", "mkdir -p cache; echo '*' > cache/.gitignore",
        "echo .gitignore > .gitignore", "mkdir -p n$N && git init -q n$N && echo $N > n$N/f", "rm -rf n*/.git",
        "[ -d .git ] && mkdir -p .git/info && echo \"odd$((N % 2))\" > .git/info/exclude; echo $N > odd1",
        "mkdir -p __pycache__; echo $N > __pycache__/x.pyc", "git init -q .",
    ]

    @Test(arguments: [(false, 1), (true, 2), (false, 3), (true, 4)] as [(Bool, UInt64)])
    func ordinaryEditsGiveTheTreeOfGit(git: Bool, seed: UInt64) async throws {
        try await follow(Self.ordinary, git: git, seed: seed)
    }

    @Test(arguments: [(false, 11), (true, 12), (false, 13), (true, 14)] as [(Bool, UInt64)])
    func anyEditsGiveTheTreeOfGit(git: Bool, seed: UInt64) async throws {
        try await follow(Self.ordinary + Self.unusual, git: git, seed: seed)
    }

    @Test(arguments: [(false, 21), (true, 22), (false, 23), (true, 24)] as [(Bool, UInt64)])
    func editsOfRulesGiveTheTreeOfGit(git: Bool, seed: UInt64) async throws {
        try await follow(Self.ordinary + Self.unusual + Self.rules, git: git, seed: seed, isPlain: false)
    }

    /// - Parameter isPlain: Whether a git that knows nothing of the project's past would say the same.
    private func follow(_ edits: [String], git: Bool, seed: UInt64, isPlain: Bool = true) async throws {
        try await Project.with(Self.files, git: git) { project in
            var dice = Dice(seed: seed)
            let opened = try await project.open()
            let asking = try await project.keeper.open(WorkspaceOrder(project.path), for: "asking")
            #expect(asking.start == opened.start)
            var done: [String] = []
            for step in 1...30 {
                let edits = (1...dice.roll(1...2)).map { _ in "N=\(step); \(dice.pick(edits))" }.joined(separator: "\n")
                done.append(edits)
                try await project.shell("(\(edits)\n) 2>/dev/null; true")
                try await project.shell("rm -f '\(project.state)'/workspaces/*/runs/asking/ignored")
                let now = try await project.snapshot(opened.workspace)
                let expected = try await project.keeper.snapshot(asking.workspace, of: "asking")
                try #require(now == expected, "\(done.joined(separator: "\n"))")
                if isPlain { try #expect(await plain(project) == "\(now)\n") }
                if dice.once(in: 3) { try await judge(project, opened, now, &dice, after: done) }
            }
        }
    }

    private func plain(_ project: Project) async throws -> String {
        try await project.shell(
            """
            set -- '\(project.state)'/workspaces/*/git; rm -f ../fresh
            export GIT_DIR=$1 GIT_INDEX_FILE=$PWD/../fresh GIT_WORK_TREE=. GIT_CONFIG_GLOBAL=/dev/null
            git add -A . && git write-tree
            """
        )
    }

    private static let tampering = [
        "rm -rf src", "ln -s /etc etc", "chmod 000 *", "echo x > a.py", "rm -rf *; ln -s . src", "mkfifo a.py",
        "find . -type f -exec sh -c 'echo x >> \"$1\"' - {} \\;", "mkdir -p a.py .git/x", ":", ":", "git init -q .",
        "[ -f a.py ] && cp -p a.py b && printf X > a.py && touch -r b a.py && rm b", "mv src moved",
    ]

    /// The judged directory is compared with what git lays out from the same tree.
    private func judge(
        _ project: Project,
        _ opened: OpenedWorkspace,
        _ now: SnapshotID,
        _ dice: inout Dice,
        after done: [String]
    ) async throws {
        let rebuilt = try await project.keeper.rebuild(
            opened.workspace,
            from: opened.start,
            with: now,
            under: EditPolicy(),
            of: Project.id
        )
        let reference = "\(project.state)/reference"
        try await project.shell(
            """
            rm -rf '\(reference)' ../plain; mkdir -m 700 '\(reference)'; set -- '\(project.state)'/workspaces/*/git
            GIT_DIR=$1 GIT_INDEX_FILE=$PWD/../plain GIT_WORK_TREE='\(reference)' \
            git read-tree --reset -u \(now.value)
            """
        )
        // Names that are no text are beyond Foundation.
        let list = "tar --sort=name --mtime=@0 -cf ../list . && tar -tvf ../list && sha1sum < ../list"
        let judged = try await project.shell(list, in: rebuilt.path)
        #expect(try await judged == project.shell(list, in: reference), "\(done.joined(separator: "\n"))")
        try await project.shell("(\(dice.pick(Self.tampering))) 2>/dev/null; true", in: rebuilt.path)
    }
}
