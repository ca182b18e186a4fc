import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// The tree a goal is judged in holds what the policy lets through, whatever was done to it.
@Suite(.serialized) struct RebuildTests {
    private static let files = [
        "src/calc.py": "return a - b\n", "tests/test_calc.py": "assert add(1, 2) == 3\n", "tests/data/x": "1\n",
        "pyproject.toml": "[project]\nname = \"calc\"\n\n[tool.pytest.ini_options]\naddopts = \"-q\"\n",
    ]
    private static let policy = EditPolicy(
        protect: ["tests/**", "conftest.py", "pytest.ini"],
        sections: ["pyproject.toml", "setup.cfg"].map { ProtectedSection(file: $0, word: "pytest") }
    )

    /// Does the work in a project and judges it.
    private func judge(
        _ policy: EditPolicy = policy,
        work: (Project) async throws -> Void
    ) async throws -> (refused: [String], files: FileTree) {
        try await Project.with(Self.files) { project in
            let opened = try await project.open()
            try await work(project)
            let rebuilt = try await rebuild(project, opened, policy)
            return (rebuilt.refused.lines, try FileTree(rebuilt.path))
        }
    }

    private func rebuild(
        _ project: Project,
        _ opened: OpenedWorkspace,
        _ policy: EditPolicy = EditPolicy()
    ) async throws -> RebuiltTree {
        let now = try await project.snapshot(opened.workspace)
        return try await project.keeper.rebuild(
            opened.workspace,
            from: opened.start,
            with: now,
            under: policy,
            of: Project.id
        )
    }

    private func start() async throws -> FileTree { try await judge { _ in }.files }

    @Test func whatIsNotProtectedIsJudged() async throws {
        let (refused, files) = try await judge { project in
            try project.write("return a + b\n", to: "src/calc.py")
            try project.write("x = 1\n", to: "src/new.py")
        }
        #expect(refused == [])
        #expect(files.entries["src/calc.py"] == "644 " + Data("return a + b\n".utf8).base64EncodedString())
        #expect(files.entries["src/new.py"] != nil)
    }

    @Test(arguments: [
        ("echo pass > tests/test_calc.py", ["modified tests/test_calc.py"]),
        ("rm -r tests", ["deleted tests/data/x", "deleted tests/test_calc.py"]),
        ("chmod 755 tests/test_calc.py", ["modified tests/test_calc.py"]),
        ("echo 'import pytest' > conftest.py", ["added conftest.py"]),
        ("echo 'import pytest' > src/conftest.py", ["added src/conftest.py"]),
        ("printf '[pytest]\\naddopts = -k nothing\\n' > pytest.ini", ["added pytest.ini"]),
        ("printf '[tool:pytest]\\naddopts = -k nothing\\n' > setup.cfg", ["added setup.cfg"]),
        ("sed -i 's/-q/-k nothing/' pyproject.toml", ["modified pyproject.toml"]),
        ("rm pyproject.toml", ["deleted pyproject.toml"]),
        ("mv pyproject.toml p; ln -s p pyproject.toml; rm p", ["modified pyproject.toml"]),
        ("rm -r tests; ln -s src tests", ["added tests", "deleted tests/data/x", "deleted tests/test_calc.py"]),
        ("rm -r tests; echo file > tests", ["added tests", "deleted tests/data/x", "deleted tests/test_calc.py"]),
        (
            "rm tests/data/x; mkdir tests/data/x; echo 1 > tests/data/x/y",
            ["added tests/data/x/y", "deleted tests/data/x"]
        ),
        ("cp -r tests ../aside; rm -r tests; mv ../aside tests; echo 1 > tests/new", ["added tests/new"]),
    ])
    func whatIsProtectedIsAsItWas(work: String, refused: [String]) async throws {
        let judged = try await judge { try await $0.shell(work) }
        #expect(judged.refused == refused)
        #expect(try await judged.files == start())
    }

    @Test func onlyWhatIsEditableMayDiffer() async throws {
        let judged = try await judge(EditPolicy(editable: ["src/**"], protect: ["src/generated/**"])) { project in
            try project.write("good\n", to: "src/calc.py")
            try project.write("bad\n", to: "src/generated/a.py")
            try project.write("bad\n", to: "setup.py")
        }
        #expect(judged.refused == ["added setup.py", "added src/generated/a.py"])
        #expect(judged.files.entries.count == (try await start()).entries.count)
    }

    @Test func otherSectionsMayChange() async throws {
        let judged = try await judge { project in
            try project.write(
                "[project]\nname = \"other\"\ndependencies = [\n  \"x\",\n]\n\n[tool.pytest.ini_options]\naddopts = \"-q\"\n",
                to: "pyproject.toml"
            )
        }
        #expect(judged.refused == [])
    }

    @Test func aWrongPatternIsQuoted() async throws {
        let error = await #expect(throws: Failure.self) { _ = try await judge(EditPolicy(protect: ["../x"])) { _ in } }
        #expect(error?.message == "Pattern '../x' leaves the workspace: '..' cannot stand in a pattern.")
    }

    @Test(arguments: [
        // Another content, with the same size and the same times.
        """
        touch -r src/calc.py ../stamp; printf 'return 42 !!\\n' > src/calc.py; touch -r ../stamp src/calc.py
        rm ../stamp
        """,
        "mv src away; mkdir src; cp away/calc.py src/; mv away/calc.py .",
        "mv src ../outside-src; ln -s ../outside-src src",
        "ln -s /etc/passwd extra; rm tests/test_calc.py; ln -s /dev/null tests/test_calc.py",
        "echo 1 > conftest.py; mkdir -p a/b/c; echo 2 > a/b/c/.gitignore; echo '*' > .gitignore; echo 1 > ignored",
        "chmod 777 src/calc.py; mkfifo src/fifo",
        "git init -q . && git init -q src && git init -q new && touch new/x",
        "printf 1 > \"$(printf 'a\\nb')\"; printf 1 > \"$(printf 'bad\\377name')\"; mkdir \"$(printf 'bad\\377dir')\"",
        "rm -rf src tests",
        "rm -rf .; rm -rf * .[a-z]*",
        "chmod 500 src; chmod 000 tests",
    ])
    func whatWasDoneToTheTreeIsRepaired(tampering: String) async throws {
        try await Project.with(Self.files) { project in
            let opened = try await project.open()
            let rebuilt = try await rebuild(project, opened)
            let before = try FileTree(rebuilt.path)
            try await project.shell("\(tampering) || true", in: rebuilt.path)
            #expect(try await rebuild(project, opened) == rebuilt)
            #expect(try FileTree(rebuilt.path) == before)
        }
    }

    @Test func aSecondRebuildLeavesWhatIsTheSame() async throws {
        try await Project.with(Self.files) { project in
            let opened = try await project.open()
            let path = try await rebuild(project, opened).path
            let before = try await project.shell("stat -c '%i %Z' pyproject.toml tests/test_calc.py", in: path)
            try project.write("return a + b\n", to: "src/calc.py")
            _ = try await rebuild(project, opened)
            #expect(try await project.shell("stat -c '%i %Z' pyproject.toml tests/test_calc.py", in: path) == before)
            #expect(try project.read("src/calc.py", in: path) == "return a + b\n")
            #expect(try await project.shell("stat -c %a .", in: path) == "700\n")
        }
    }

    /// A sandbox that was made for the directory before shows what is laid out in it.
    @Test(arguments: [
        // Laid out without git, then by git, as objects in a pack are.
        "true",
        "for git in STATE/workspaces/*/git; do git -C $git -c gc.pruneExpire=now gc -q; done",
    ])
    func theDirectoryStaysForWhoeverHasItAlready(packing: String) async throws {
        try await Project.with(Self.files) { project in
            let opened = try await project.open()
            let place = try project.keeper.judgedPlace(of: opened.workspace, for: Project.id)
            let path = try #require(place)
            let before = try await project.shell("stat -c %i .", in: path)
            try await project.shell(
                "printf 1 > \"$(printf 'bad\\377name')\"; mkdir -m 500 closed; chmod 500 .",
                in: path
            )
            try await project.shell(packing.replacing("STATE", with: project.state))
            #expect(try await rebuild(project, opened).path == path)
            #expect(try await project.shell("stat -c %i .", in: path) == before)
            #expect(
                try await project.shell("find . -type f | sort", in: path) == """
                    ./pyproject.toml
                    ./src/calc.py
                    ./tests/data/x
                    ./tests/test_calc.py

                    """
            )
        }
    }

    /// A judged file is overwritten where it stands; one that a check gave a second name is not.
    @Test func whatHasAnotherNameElsewhereIsNotWrittenTo() async throws {
        try await Project.with(Self.files) { project in
            try project.write("a longer line than the one that comes\n", to: "src/calc.py")
            let opened = try await project.open()
            let path = try await rebuild(project, opened).path
            try await project.shell("ln src/calc.py ../kept", in: path)
            for text in ["first\n", "second\n"] {
                try project.write(text, to: "src/calc.py")
                _ = try await rebuild(project, opened)
                #expect(try project.read("src/calc.py", in: path) == text)
            }
            let kept = try await project.shell("cat ../kept; rm ../kept", in: path)
            #expect(kept == "a longer line than the one that comes\n")
        }
    }
}
