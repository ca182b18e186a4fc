import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// What the work is compared with, laid out where the work is not.
@Suite(.serialized) struct BaseTests {
    private static let files = ["a.txt": "old\n", "src/b.txt": "b\n", "src/run": "x\n"]

    @Test func theStartIsLaidOutWhateverTheWorkDid() async throws {
        try await Project.with(Self.files) { project in
            let opened = try await project.open()
            let before = try FileTree(project.path)
            try project.write("new\n", to: "a.txt")
            try project.write("new\n", to: "c.txt")
            let base = "\(project.state)/there/base"
            try await project.keeper.layOut(opened.start, of: opened.workspace, in: base, for: Project.id)
            #expect(try FileTree(base) == before)
            #expect(try project.read("a.txt") == "new\n", "The work stays as it is.")
        }
    }

    @Test func aCommitIsLaidOutByAnyOfItsNames() async throws {
        try await Project.with(Self.files, git: true) { project in
            let opened = try await project.open()
            let status = try await project.git("status", "--porcelain")
            for name in ["main", "HEAD", try await project.git("rev-parse", "HEAD").trimmed] {
                let base = "\(project.state)/\(name)"
                try await project.keeper.layOut(commit: name, of: opened.workspace, in: base, for: Project.id)
                #expect(try project.read("a.txt", in: base) == "old\n")
                #expect(try project.read("src/b.txt", in: base) == "b\n")
            }
            #expect(try await project.git("status", "--porcelain") == status, "The person's index is not touched.")
        }
    }

    @Test func aPartOfARepositoryHasItsPartOfTheCommit() async throws {
        try await Project.with(Self.files, git: true) { project in
            let opened = try await project.open(at: "\(project.path)/src")
            let base = "\(project.state)/base"
            try await project.keeper.layOut(commit: "main", of: opened.workspace, in: base, for: Project.id)
            #expect(try FileManager.default.contentsOfDirectory(atPath: base).sorted() == ["b.txt", "run"])
        }
    }

    @Test(arguments: ["v1", "", "--help", "main:a.txt"]) func whatIsNoCommitIsNamed(name: String) async throws {
        try await Project.with(Self.files, git: true) { project in
            let opened = try await project.open()
            let failure = await #expect(throws: Failure.self) {
                try await project.keeper.layOut(commit: name, of: opened.workspace, in: "/nowhere", for: Project.id)
            }
            #expect(failure?.kind == .invalidInput)
            #expect(failure?.message == "There is no commit '\(name)' in the repository '\(project.path)'.")
        }
    }

    @Test func aProjectWithoutARepositoryHasNoCommits() async throws {
        try await Project.with(Self.files) { project in
            let opened = try await project.open()
            await #expect(
                throws: Failure(
                    .invalidInput,
                    "There is no commit 'main', because '\(project.path)' is in no git repository."
                )
            ) {
                try await project.keeper.layOut(commit: "main", of: opened.workspace, in: "/nowhere", for: Project.id)
            }
        }
    }
}
