import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing
import WorkspaceKit

@testable import RepositoryGate

/// Trees beside the last commit of a project, looked at by the real git.
@Suite(.serialized) struct GitCleanGateTests {
    private static let start = ["src/a.py": "a = 1\nb = 2\nc = 3\n", "README.md": "read\n", ".gitignore": "*.log\n"]

    private static func git(_ words: [String], in directory: String) async throws {
        let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"]
        let finished = try await run(Command("git", identity + words, in: directory))
        try #require(finished.status == 0, "git \(words): \(finished.errors.text)")
    }

    private static func commit(_ directory: String) async throws {
        try await git(["init", "--quiet"], in: directory)
        try await git(["add", "--all"], in: directory)
        try await git(["commit", "--quiet", "-m", "one"], in: directory)
    }

    private static func apply(_ work: [String: String?], to directory: String) throws {
        for (path, text) in work {
            let file = URL(filePath: "\(directory)/\(path)")
            guard let text else {
                try FileManager.default.removeItem(at: file)
                continue
            }
            let parent = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    /// Judges a tree without a `.git`, as a goal does; the commit's short name reads `HEAD` in what is returned.
    private func verdict(
        _ work: [String: String?],
        _ settings: JSONValue = [:],
        start: [String: String] = Self.start,
        below directory: String = "",
        prepare: (String) async throws -> Void = { _ in }
    ) async throws -> Verdict {
        try await withTemporaryWorkspace(start) { repository in
            try await Self.commit(repository.path)
            try await prepare(repository.path)
            let project = directory.isEmpty ? repository.path : "\(repository.path)/\(directory)"
            return try await withTemporaryWorkspace { place in
                let tree = "\(place.path)/tree"
                try FileManager.default.copyItem(atPath: project, toPath: tree)
                try? FileManager.default.removeItem(atPath: "\(tree)/.git")
                try Self.apply(work, to: tree)
                return try await Self.judged(Workspace(path: tree, project: project), settings)
            }
        }
    }

    private static func judged(_ workspace: Workspace, _ settings: JSONValue) async throws -> Verdict {
        let gate = try GitCleanGate(settings: GitCleanGate.Settings(json: settings))
        return try await withTemporaryWorkspace { scratch in
            var verdict = try await gate.judge(workspace, in: GateContext(scratch: { scratch.path }))
            let said = try await run(Command("git", ["rev-parse", "--short", "HEAD"], in: workspace.project))
            verdict.reason = verdict.reason.replacing(said.output.text.trimmed, with: "HEAD")
            return verdict
        }
    }

    @Test func whatIsUnchangedHolds() async throws {
        let verdict = try await verdict(["noise.log": "ignored\n"])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason == "Nothing differs from the last commit, HEAD.")
        #expect(verdict.metrics == ["changed_files": 0, "changed_lines": 0])
    }

    @Test func whatDiffersIsNamedWithItsPlace() async throws {
        let verdict = try await verdict(["src/a.py": "a = 1\nb = 3\nc = 3\n", "README.md": nil, "new.txt": "x\ny"])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "2 files differ from the last commit, HEAD, and must not: README.md, src/a.py; "
                + "1 file is not tracked: new.txt."
        )
        #expect(
            verdict.details
                == """
                README.md: error: The file is deleted. [deleted]
                new.txt:1: error: The file is not tracked. [untracked]
                src/a.py:2: error: The file differs from the last commit by 2 lines. [changed]

                """
        )
        #expect(verdict.metrics == ["changed_files": 3, "changed_lines": 5])
    }

    @Test func whatMayDifferHolds() async throws {
        let work = ["src/a.py": "a = 1\n", "src/b.py": "b = 1\n", "notes.txt": "n\n"]
        let allowed = try await verdict(work, ["allow": ["src/**", "*.txt"]])
        #expect(allowed.reason == "3 files differ from the last commit, HEAD, by 4 lines, as allowed.")
        let strict = try await verdict(work, ["allow": ["src/**"]])
        #expect(strict.reason == "1 file is not tracked: notes.txt.")
        let open = try await verdict(work, ["allow": ["src/a.py"], "untracked": "allow"])
        #expect(open.holds)
    }

    @Test func conflictMarkersThatAreNewAreFound() async throws {
        let start = Self.start.merging(["doc.md": "<<<<<<< this is an example\n"]) { $1 }
        let work = [
            "src/a.py": "a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = 3\n>>>>>>> work\nc = 3\n",
            "src/b.py": "x = 1\n>>>>>>> work\n<<<<<<<<\n", "doc.md": "<<<<<<< this is an example\nmore\n",
        ]
        let verdict = try await verdict(work, ["allow": ["**"]], start: start)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "Conflict markers are left in src/a.py, src/b.py.")
        #expect(verdict.findings.map(\.place) == ["src/a.py:2", "src/a.py:6", "src/b.py:2"])
        #expect(verdict.findings.first?.message == "A conflict marker is left.")
    }

    @Test func tooManyLinesAndFilesDoNotHold() async throws {
        let work = ["src/a.py": "a = 1\n", "src/b.py": "b = 1\n"]
        let verdict = try await verdict(work, ["allow": ["**"], "max_changed_lines": 2, "max_files": 1])
        #expect(verdict.reason == "3 lines are changed, not at most 2; 2 files are changed, not at most 1.")
        #expect(verdict.findings.map(\.place) == ["src/a.py:1", "src/b.py:1"])
        #expect(try await self.verdict(work, ["allow": ["**"], "max_changed_lines": 3, "max_files": 2]).holds)
    }

    @Test func aModeALinkAndABinaryFileCount() async throws {
        let start = Self.start.merging(["run.sh": "true\n", "data.bin": "\0a"]) { $1 }
        let verdict = try await verdict(["data.bin": "\0b"], start: start) { repository async throws in
            _ = try await run(Command("chmod", ["755", "run.sh"], in: repository))
            _ = try await run(Command("ln", ["-sf", "src/a.py", "README.md"], in: repository))
        }
        #expect(
            verdict.findings.map(\.description) == [
                "README.md: error: The file differs from the last commit by 2 lines. [changed]",
                "data.bin: error: The file differs from the last commit by 0 lines. [changed]",
                "run.sh: error: The file differs from the last commit by 0 lines. [changed]",
            ]
        )
    }

    /// A filter, a diff driver and a hook of the project would run outside of every sandbox.
    @Test func nothingThatTheRepositoryNamesIsRun() async throws {
        let work = [".gitattributes": "*.py filter=evil diff=evil\n", "src/a.py": "a = 2\nb = 2\nc = 3\n"]
        try await withTemporaryWorkspace { place in
            let trap = "touch \(place.path)/ran; cat"
            let verdict = try await verdict(work) { repository async throws in
                for (name, value) in [
                    ("filter.evil.clean", trap), ("diff.evil.textconv", trap), ("diff.evil.command", trap),
                    ("core.fsmonitor", trap), ("core.hooksPath", place.path),
                ] { try await Self.git(["config", name, value], in: repository) }
            }
            #expect(verdict.findings.map(\.place) == [".gitattributes:1", "src/a.py:1"])
            #expect(!FileManager.default.fileExists(atPath: "\(place.path)/ran"))
        }
    }

    @Test func aProjectBelowTheTopIsComparedWithItsPart() async throws {
        let start = [".gitignore": "*.tmp\n", "app/.gitignore": "*.log\n", "app/in/a.py": "a\n", "other.py": "o\n"]
        let work = ["in/x.tmp": "", "in/x.log": "", "in/b.py": "b\n", "in/a.py": "c\n"]
        let verdict = try await verdict(work, start: start, below: "app")
        #expect(verdict.findings.map(\.place) == ["in/a.py:1", "in/b.py:1"])
    }

    @Test func theRepositoryItselfIsNotTouched() async throws {
        try await withTemporaryWorkspace(Self.start) { project in
            try await Self.commit(project.path)
            try Self.apply(["src/a.py": "changed\n"], to: project.path)
            let before = try FileTree(project.path)
            #expect(try await !Self.judged(project, [:]).holds)
            #expect(try FileTree(project.path) == before)
        }
    }

    @Test func keepsTheGatesPromises() async throws {
        try await withTemporaryWorkspace(Self.start) { repository in
            try await Self.commit(repository.path)
            let link = [".git": "gitdir: \(repository.path)/.git\n"]
            let files = Self.start.merging(link) { $1 }
            #expect(try await expectConformance(of: GitCleanGate.self, files: files).holds)
        }
    }

    @Test func aProjectWithoutACommitIsNoVerdict() async throws {
        let outside = try await GateTrial.failure(of: GitCleanGate.self, ["a.py": ""])
        #expect(
            outside == Failure(.invalidInput, "The project is in no git repository, so nothing tells what changed.")
        )
        try await withTemporaryWorkspace { project in
            try await Self.git(["init", "--quiet"], in: project.path)
            let unborn = "The project has no commit yet, so nothing tells what changed. Make one first."
            await #expect(throws: Failure(.invalidInput, unborn)) { try await Self.judged(project, [:]) }
        }
    }

    @Test func rulesOfIgnoringAreProtected() async throws {
        let refused = try await GateTrial.refused(
            under: GitCleanGate.protection,
            start: Self.start,
            work: [".gitignore": "*.log\n*.tmp\n", "src/.gitattributes": "* -diff\n"]
        )
        #expect(refused.sorted() == [".gitignore", "src/.gitattributes"])
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["max_files": -1], "Field 'max_files' must be 0 or more, but is -1."),
            (["max_changed_lines": -2], "Field 'max_changed_lines' must be 0 or more, but is -2."),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: GitCleanGate.self, settings) == message)
    }
}
