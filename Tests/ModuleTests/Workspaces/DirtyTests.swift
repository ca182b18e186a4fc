import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// A run may be told to begin with nothing but what is committed.
@Suite(.serialized) struct DirtyTests {
    private func refusal(_ project: Project, _ isolation: WorkspacePolicy.Isolation, at path: String? = nil) async
        -> String?
    {
        let order = WorkspaceOrder(path ?? project.path, isolation: isolation, dirty: .refuse)
        do throws(Failure) {
            _ = try await project.keeper.open(order, for: Project.id)
            return nil
        } catch {
            return error.message
        }
    }

    @Test(arguments: [WorkspacePolicy.Isolation.none, .worktree, .copy])
    func whatIsNotCommittedIsNamed(isolation: WorkspacePolicy.Isolation) async throws {
        try await Project.with(["a": "1\n", "b": "1\n", "sub/c": "1\n", ".gitignore": "*.log\n"], git: true) {
            project in
            #expect(await refusal(project, isolation) == nil)
            try await project.keeper.discard(Workspace(path: project.path), of: Project.id)
            try await project.shell(
                #"echo 2 > a; rm b; echo 3 > "$(printf 'new\nname')"; echo l > x.log; mkdir -p d; echo 4 > d/e; git add d"#
            )
            #expect(
                await refusal(project, isolation) == """
                    '\(project.path)' has changes that are not committed, and 'workspace.dirty' is 'refuse':
                       M a
                       D b
                      A  d/e
                      ?? new\\nname
                    Commit or stash them, or set 'dirty: copy' to have them in the start of the run.
                    """
            )
            #expect(await refusal(project, isolation, at: "\(project.path)/sub") == nil)
        }
    }

    @Test func onlyTheFirstNamesAreTold() async throws {
        try await Project.with(["a": "1\n"], git: true) { project in
            try await project.shell("for i in $(seq 100 150); do echo 1 > n$i; done")
            let words = try #require(await refusal(project, .none))
            #expect(words.contains("\n  ?? n119\n  and 31 more\nCommit"))
        }
    }

    @Test func withoutGitNothingIsDirty() async throws {
        try await Project.with(["a": "1\n"]) { project in #expect(await refusal(project, .copy) == nil) }
    }

    /// Programs that the repository has convert its files are not run to compare them.
    @Test func noFilterRuns() async throws {
        try await Project.with(["a": "1\n", ".gitattributes": "* filter=a=b\n"], git: true) { project in
            try await project.shell(
                #"""
                git config 'filter.a=b.clean' 'touch ../ran; cat'; git config 'filter.a=b.required' true
                git config 'filter.a=b.process' 'touch ../ran'; touch -d 2001-01-01 a
                """#
            )
            #expect(await refusal(project, .worktree) == nil)
            let opened = try await project.keeper.open(WorkspaceOrder(project.path, isolation: .copy), for: "two")
            _ = try await project.keeper.snapshot(opened.workspace, of: "two")
            #expect(try await project.shell("ls ..") == "project\nstate\n")
        }
    }
}
