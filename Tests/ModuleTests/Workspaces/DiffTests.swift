import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// A diff makes of the old state the new one.
@Suite(.serialized) struct DiffTests {
    @Test(arguments: [
        "printf 'x\\r\\ny' > a.txt; rm b.txt; mkdir d; printf 1 > d/new",
        "head -c 100000 /dev/urandom > big.bin; printf '\\000\\001' > small.bin; chmod 755 a.txt",
        "printf 'na\\357ve caf\\351\\n' > latin1.txt; printf '\\377\\376' > utf16; printf 'plain\\n' > c.txt",
        "printf 1 > 'with space'; printf 2 > 'quo\"te'; printf 3 > \"$(printf 'line\\nbreak')\"; printf 4 > ünï",
        "rm a.txt; ln -s b.txt a.txt; ln -s nowhere dangling", "mv a.txt renamed.txt", "printf '' > empty",
        "printf 'no newline' > b.txt; printf 'diff --git a/x b/x\\n+++ b/x\\n' > c.txt",
        "rm b.txt; mkdir b.txt; echo 1 > b.txt/x",
    ])
    func appliesWithGit(work: String) async throws {
        try await Project.with(["a.txt": "1\n2\n3\n", "b.txt": "1\n", "c.txt": "1\n"]) { project in
            let opened = try await project.open()
            let copy = "\(project.path)-copy"
            try await project.shell("cp -a . '\(copy)'; \(work)")
            let now = try await project.snapshot(opened.workspace)
            let diff = try await project.keeper.diff(opened.workspace, from: opened.start, to: now)
            try await project.git("apply", "--whitespace=nowarn", "-", in: copy, input: diff)
            #expect(try FileTree(copy) == FileTree(project.path))
        }
    }

    @Test func readsAsPeopleKnowIt() async throws {
        try await Project.with(["src/é.py": "1\n2\n"], git: true) { project in
            let opened = try await project.open()
            try project.write("1\n3\n", to: "src/é.py")
            let now = try await project.snapshot(opened.workspace)
            let diff = try await project.keeper.diff(opened.workspace, from: opened.start, to: now)
            let lines = diff.split(separator: "\n").filter { !$0.hasPrefix("index ") }
            #expect(
                lines == [
                    "diff --git a/src/é.py b/src/é.py", "--- a/src/é.py", "+++ b/src/é.py", "@@ -1,2 +1,2 @@", " 1",
                    "-2", "+3",
                ]
            )
            #expect(try await project.keeper.diff(opened.workspace, from: now, to: now) == "")
        }
    }

    @Test func aFileThatIsNoTextHidesNoOther() async throws {
        try await Project.with(["a.txt": "1\n"]) { project in
            let opened = try await project.open()
            try await project.shell("printf 'caf\\351\\n' > latin1.txt; echo 2 > a.txt")
            let now = try await project.snapshot(opened.workspace)
            let diff = try await project.keeper.diff(opened.workspace, from: opened.start, to: now)
            #expect(diff.contains("-1\n+2\n"))
            #expect(diff.contains("GIT binary patch"))
        }
    }
}
