import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// A run whose project is there for it alone: its files are brought before anything else.
@Suite(.serialized) struct FetchTests {
    private func open(_ source: ProjectSource, with keeper: GitWorkspaceKeeper) async throws -> OpenedWorkspace {
        try await keeper.open(WorkspaceOrder(keeper.place(for: Project.id), source: source), for: Project.id)
    }

    private func refusal(_ address: String, in project: Project) async throws -> String {
        let refusal = await #expect(throws: Failure.self) { try await open(.git(address), with: project.keeper) }
        let place = try project.keeper.place(for: Project.id)
        #expect(!FileManager.default.fileExists(atPath: place), "no half of one")
        return refusal?.message ?? "none"
    }

    @Test func aRepositoryIsClonedOnce() async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            let opened = try await open(.git(project.path), with: project.keeper)
            let place = try project.keeper.place(for: Project.id)
            #expect(place == "\(project.state)/clones/run-1")
            #expect((opened.workspace.path, opened.workspace.project) == (place, place))
            #expect(try await project.shell("git log --format=%s | wc -l; cat a.py", in: place) == "1\n1\n")
            try project.write("2\n", to: "a.py", in: place)
            #expect(try await open(.git(project.path), with: project.keeper) == opened)
            #expect(try project.read("a.py", in: place) == "2\n", "what was done there stays")
            #expect(try project.read("a.py") == "1\n")
            let now = try await project.keeper.snapshot(opened.workspace, of: Project.id)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes.lines == ["modified a.py"])
            try await project.keeper.discard(opened.workspace, of: Project.id)
            #expect(!FileManager.default.fileExists(atPath: place))
        }
    }

    @Test func withoutASourceItBeginsEmpty() async throws {
        try await Project.with { project in
            let opened = try await open(.nothing, with: project.keeper)
            #expect(try await project.shell("ls -A | wc -l", in: opened.workspace.path) == "0\n")
            try project.write("1\n", to: "new.py", in: opened.workspace.path)
            let now = try await project.keeper.snapshot(opened.workspace, of: Project.id)
            let changes = try await project.keeper.changes(opened.workspace, from: opened.start, to: now)
            #expect(changes.lines == ["added new.py"])
        }
    }

    @Test func whatGitSaysIsTold() async throws {
        try await Project.with { project in
            let missing = "\(project.path)/none"
            let told = try await refusal(missing, in: project)
            #expect(
                told
                    == "'\(missing)' could not be cloned. Git says: fatal: repository '\(missing)' does not exist"
            )
        }
    }

    /// An address is one, whatever it looks like: no option, no command, and none of the files of this machine.
    @Test(arguments: ["--upload-pack=touch ran", "ext::sh -c touch% ran", "file://PATH", "-c", "fd::17"])
    func anAddressRunsNothing(address: String) async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            let told = try await refusal(address.replacingOccurrences(of: "PATH", with: project.path), in: project)
            #expect(told.contains("could not be cloned. Git says: fatal: "), "\(told)")
            #expect(try await project.shell("find .. -name ran | wc -l") == "0\n")
        }
    }

    @Test func whatAKilledProcessLeftIsClearedAway() async throws {
        try await Project.with(["a.py": "1\n"], git: true) { project in
            _ = try await refusal("\(project.path)/none", in: project)
            let runs = try #require(FileManager.default.enumerator(atPath: project.state)).compactMap { $0 as? String }
            let own = try #require(runs.first { $0.hasSuffix("runs/run-1") })
            try project.write("x", to: "fetched/half", in: "\(project.state)/\(own)")
            let opened = try await open(.git(project.path), with: project.keeper)
            #expect(try await project.shell("ls", in: opened.workspace.path) == "a.py\n")
            let kept = try await project.keeper.kept()
            #expect(kept.map(\.name) == ["run-1"])
            let all = try #require(kept.first)
            #expect(all.places.contains("\(project.state)/clones/run-1"))
            let isGone = try await project.keeper.remove(all) { true }
            #expect(isGone)
            #expect(!FileManager.default.fileExists(atPath: opened.workspace.path))
        }
    }

    @Test func anotherPlaceIsRefused() async throws {
        try await Project.with { project in
            let order = WorkspaceOrder(project.path, source: .nothing)
            await #expect(
                throws: Failure(.invalidInput, "The files of run 'run-1' cannot be brought to '\(project.path)'.")
            ) {
                try await project.keeper.open(order, for: Project.id)
            }
        }
    }
}
