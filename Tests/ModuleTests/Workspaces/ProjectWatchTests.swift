import Foundation
import PipelineKit
import Testing
import WorkspaceKit

/// Files of a project that somebody changes while nobody looks.
struct ProjectWatchTests {
    private static let start = [
        "a.txt": "a\n", "sub/b.txt": "b\n", ".gitignore": "*.log\nbuild/\n", "build/out": "x\n",
    ]

    /// What is seen of a shell command that is started once the project is watched.
    private func changes(of line: String, in project: Project, quiet: Duration = .milliseconds(50)) async throws
        -> [String]
    {
        let marks = try await FileMarks(of: project.path)
        async let seen = ProjectWatch(project.path, quiet: quiet).changes(since: marks)
        try await project.shell(line)
        return try await seen
    }

    @Test(arguments: [
        ("echo more >> a.txt", ["a.txt"]),
        ("rm sub/b.txt", ["sub/b.txt"]),
        ("mv a.txt c.txt", ["a.txt", "c.txt"]),
        ("echo new > .new && mv .new a.txt", ["a.txt"]),
        ("chmod +x a.txt", ["a.txt"]),
        ("ln -s a.txt link", ["link"]),
        ("mkdir -p deep/er && echo d > deep/er/d.txt", ["deep/er/d.txt"]),
        ("rm -r sub", ["sub/b.txt"]),
        ("echo x > x.log; echo x > build/new; mkdir empty; echo 1 >> sub/b.txt", ["sub/b.txt"]),
    ])
    func whatIsChangedIsTold(line: String, paths: [String]) async throws {
        try await Project.with(Self.start, git: true) { project in
            let seen = try await changes(of: line, in: project)
            #expect(seen == paths)
        }
    }

    @Test func aProjectWithoutGitIsWatchedButForCaches() async throws {
        try await Project.with(["a.txt": "a\n"]) { project in
            let line = "mkdir node_modules __pycache__; echo x > node_modules/x; echo x > __pycache__/x; echo b > b.txt"
            let seen = try await changes(of: line, in: project)
            #expect(seen == ["b.txt"])
        }
    }

    /// What comes to be in a directory that came to be is seen, too.
    @Test func directoriesThatAreNewAreWatched() async throws {
        try await Project.with(Self.start, git: true) { project in
            let marks = try await FileMarks(of: project.path)
            async let seen = ProjectWatch(project.path, quiet: .milliseconds(20)).changes(since: marks)
            try await project.shell("mkdir -p new/er; echo x > new/er/file")
            #expect(try await seen == ["new/er/file"])
        }
    }

    @Test func whatHappenedBeforeItWasWatchedCounts() async throws {
        try await Project.with(Self.start, git: true) { project in
            let marks = try await FileMarks(of: project.path)
            try project.write("changed\n", to: "a.txt")
            #expect(try await ProjectWatch(project.path, quiet: .zero).changes(since: marks) == ["a.txt"])
        }
    }

    /// As editors write: several files, one after the other.
    @Test func changesThatFollowEachOtherAreOne() async throws {
        try await Project.with(Self.start, git: true) { project in
            let line = "echo 1 > a.txt; echo 2 > sub/b.txt; echo 3 > c.txt"
            let seen = try await changes(of: line, in: project, quiet: .seconds(2))
            #expect(seen == ["a.txt", "c.txt", "sub/b.txt"])
        }
    }

    @Test func whoWaitsCanBeCalledOff() async throws {
        try await Project.with(Self.start) { project in
            let marks = try await FileMarks(of: project.path)
            let failure = await withTaskGroup(of: Failure?.self) { group in
                group.addTask {
                    do throws(Failure) {
                        _ = try await ProjectWatch(project.path).changes(since: marks)
                        return nil
                    } catch {
                        return error
                    }
                }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(failure?.kind == .cancelled)
        }
    }
}
