import Foundation
import Glibc
import PipelineKit
import ProcessKit
import Testing
import WorkspaceKit

/// What a command in a sandbox is given, and what it is not.
@Suite(.serialized) struct SandboxTests {
    @Test func theWorkspaceMayBeChangedAndNothingElse() async throws {
        try await Cell.with { cell async throws in
            #expect(
                try await cell.says("pwd; echo x > made; rm sub/file; ls")
                    == "\(cell.path)\nREADME.md\nhidden.db\nmade\nsub"
            )
            #expect(try String(contentsOfFile: "\(cell.path)/made", encoding: .utf8) == "x\n")
            for place in ["/", "/usr", "/etc", "/var", "/dev", "/opt"] {
                #expect(try await cell.run("touch \(place)/x").status == 1, "\(place)")
            }
        }
    }

    @Test func whatTheEngineKeepsIsAbsentWhereverItLies() async throws {
        try await Cell.with { cell async throws in
            let line = "cat hidden.db; ls \(cell.state) \(cell.outside) 2>&1 | grep -c 'No such'"
            #expect(try await cell.says(line) == "cat: hidden.db: Permission denied\n2")
        }
    }

    @Test func temporaryFilesAndTheHomeAreItsOwnAndStay() async throws {
        try await Cell.with { cell async throws in
            #expect(try await cell.says("echo 1 > /tmp/a; echo 2 > ~/b; echo 3 > /var/tmp/c; ls ~") == "b")
            #expect(try await cell.says("cat /tmp/a ~/b /tmp/c") == "1\n2\n3")
            #expect(!FileManager.default.fileExists(atPath: "/tmp/a"))
        }
    }

    @Test func theRepositoryCanBeReadAndNotChanged() async throws {
        try await Cell.with { cell async throws in
            #expect(
                try await cell.says("git log --format=%s; echo x >> README.md; git diff --stat | tail -1")
                    == "first\n 1 file changed, 1 insertion(+)"
            )
            #expect(try await cell.says("git commit -qam x 2>&1 | head -1").hasPrefix("fatal: Unable to create"))
        }
    }

    @Test func aWorktreeSeesTheRepositoryItBelongsTo() async throws {
        try await Project.with(["a": "1\n"], git: true) { project in
            let order = WorkspaceOrder(project.path, isolation: .worktree)
            var workspace = try await project.keeper.open(order, for: Project.id).workspace
            let sandboxes = WorkspaceSandboxes(state: project.state)
            workspace.confinement = try await sandboxes.walls(for: Project.id, workspace, WorkspacePolicy(), .calls)
            let line = "git log --format=%s; echo x >> a; git diff --stat | tail -1; ls \(project.path)"
            let finished = try await run(.shell(line, in: workspace))
            #expect(finished.output.text.hasPrefix("first\n 1 file changed, 1 insertion(+)\n"))
            #expect(!finished.output.text.contains("\na\n"))
        }
    }

    @Test func itHasNoRightsAndGetsNone() async throws {
        try await Cell.with { cell async throws in
            let status = try await cell.says("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr -d '\\t'")
            let none = ["Inh", "Prm", "Eff", "Bnd", "Amb"].map { "Cap\($0):0000000000000000" }
            #expect(status == (none + ["NoNewPrivs:1", "Seccomp:2"]).joined(separator: "\n"))
        }
    }

    @Test func itSeesItsOwnProcessesAlone() async throws {
        try await Cell.with { cell async throws in
            let said = try await cell.says("echo /proc/[0-9]*; cat /proc/1/environ")
            #expect(said == "/proc/1 /proc/2\ncat: /proc/1/environ: Permission denied")
        }
    }

    @Test func pathsThatAreNamedCanBeReadOrChanged() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "named-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for name in ["read", "write"] {
            try FileManager.default.createDirectory(atPath: "\(directory)/\(name)", withIntermediateDirectories: true)
            try Data("1\n".utf8).write(to: URL(filePath: "\(directory)/\(name)/file"))
        }
        var policy = WorkspacePolicy()
        policy.readable = ["\(directory)/read"]
        policy.writable = ["\(directory)/write"]
        try await Cell.with(policy) { cell async throws in
            let line =
                "cd \(directory); cat read/file write/file; echo 2 > write/file; echo 2 2>/dev/null > read/file; cat */file"
            #expect(try await cell.says("(\(line)) 2>/dev/null") == "1\n1\n1\n2")
        }
    }

    @Test func programsOfAPersonCanBeRun() async throws {
        try await Cell.with { cell async throws in
            #expect(try await cell.run("python3 -c 'import json'; git --version; bash --version").status == 0)
        }
    }

    @Test func aGateSharesNothingWithTheCallsButTheTree() async throws {
        try await Cell.with { cell async throws in
            let (tree, scratch) = ("\(cell.state)/judged/r1", "\(cell.state)/scratch/1")
            for path in [tree, scratch] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            _ = try await cell.run("echo planted > /tmp/x; echo planted > ~/x")
            var place = Workspace(path: tree, project: cell.path)
            let tenant = SandboxTenant.judge(tree: tree, scratch: scratch)
            let walls = try await cell.sandboxes.walls(for: "r1", cell.workspace, WorkspacePolicy(), tenant)
            place.confinement = walls
            let line =
                "ls /tmp ~ | grep -v :; ls \(cell.path); echo r > \(scratch)/report && echo t > made && echo right"
            #expect(try await run(.shell(line, in: place)).output.text.hasSuffix("right\n"))
            #expect(try await !run(.shell(line, in: place)).output.text.contains("README.md"))
            cell.sandboxes.takeDown(walls)
        }
    }

    /// Neither the judged tree nor what its commands left at home is there where the base is measured.
    @Test func theBaseIsOutOfReachOfWhatIsJudged() async throws {
        try await Cell.with { cell async throws in
            let (tree, base) = ("\(cell.state)/judged/r1", "\(cell.state)/scratch/2/base")
            let scratch = "\(cell.state)/scratch/1"
            for path in [tree, base, scratch] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            func place(_ path: String, _ tenant: SandboxTenant) async throws -> Workspace {
                let walls = try await cell.sandboxes.walls(for: "r1", cell.workspace, WorkspacePolicy(), tenant)
                return Workspace(path: path, project: cell.path, confinement: walls)
            }
            let work = try await place(tree, .judge(tree: tree, scratch: scratch))
            let start = try await place(base, .base(tree: base, scratch: scratch))
            let left = try await run(
                .shell("echo x > /tmp/x; echo x > ~/x; echo x > \(base)/x; echo x > \(tree)/x; echo left", in: work)
            )
            #expect(left.output.text.hasSuffix("left\n"))
            let seen = try await run(.shell("ls -A /tmp ~ . \(tree); echo y > made && cat made", in: start))
            #expect(seen.output.text.split(separator: "\n").filter { $0 == "x" } == [])
            #expect(seen.output.text.hasSuffix("y\n"))
            for walls in [work.confinement, start.confinement].compactMap(\.self) { cell.sandboxes.takeDown(walls) }
        }
    }

    /// They judge side by side: one that begins takes nothing from one that is at work.
    @Test func eachGateHasItsOwnEmptyPlaces() async throws {
        try await Cell.with { cell async throws in
            let tree = "\(cell.state)/judged/r1"
            func place(_ scratch: String) async throws -> Workspace {
                let scratch = "\(cell.state)/scratch/\(scratch)"
                for path in [tree, scratch] {
                    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                }
                let tenant = SandboxTenant.judge(tree: tree, scratch: scratch)
                let walls = try await cell.sandboxes.walls(for: "r1", cell.workspace, WorkspacePolicy(), tenant)
                return Workspace(path: tree, project: cell.path, confinement: walls)
            }
            let first = try await place("1")
            #expect(try await run(.shell("echo mine > /tmp/x; echo mine > ~/x", in: first)).status == 0)
            let second = try await place("2")
            #expect(try await run(.shell("cat /tmp/x ~/x 2>/dev/null; echo new", in: second)).output.text == "new\n")
            if let walls = second.confinement { cell.sandboxes.takeDown(walls) }
            #expect(try await run(.shell("cat /tmp/x ~/x", in: first)).output.text == "mine\nmine\n")
            if let walls = first.confinement { cell.sandboxes.takeDown(walls) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(cell.state)/rooms/r1/judge") == [])
            #expect(FileManager.default.fileExists(atPath: "\(cell.state)/rooms/r1/tmp"))
        }
    }

    @Test func whatTheProcessesOfASandboxWorkIsCounted() async throws {
        try await Cell.with { cell async throws in
            let finished = try await run(Command("python3", ["-c", RunTests.workOfOthers], in: cell.workspace))
            #expect(finished.status == 0)
            #expect(finished.processorTime > .milliseconds(40))
        }
    }

    @Test func whatARunLeftInItsOwnPlacesGoesWithIt() async throws {
        try await Cell.with { cell async throws in
            _ = try await cell.run("echo 1 > /tmp/a")
            cell.sandboxes.discard("r1")
            #expect(!FileManager.default.fileExists(atPath: "\(cell.state)/rooms/r1"))
        }
    }

    @Test func aSandboxThatWasBegunIsTheOneThatIsUsed() async throws {
        try await Cell.with { cell async throws in
            let walls = try #require(cell.workspace.confinement)
            cell.sandboxes.prepare(walls)
            let deadline = ContinuousClock.now + .seconds(30)
            while try launchers(of: cell).isEmpty, ContinuousClock.now < deadline {}
            let begun = try launchers(of: cell).filter { !$0.isFirst }.map(\.pid)
            #expect(begun.count == 1)
            try Data("later\n".utf8).write(to: URL(filePath: "\(cell.path)/new"))
            #expect(try await cell.says("cat new") == "later")
            #expect(try launchers(of: cell).filter { !$0.isFirst }.map(\.pid) == begun)
        }
    }

    @Test func aSandboxThatCannotBeBegunIsToldToTheCommand() async throws {
        try await Cell.with { cell async throws in
            var walls = try #require(cell.workspace.confinement)
            walls.writable.append("\(cell.root)/gone")
            cell.sandboxes.prepare(walls)
            var command = cell.command("true")
            command.confinement = walls
            let error = await #expect(throws: Failure.self) { try await run(command) }
            #expect(
                error?.message == "bubblewrap cannot make a sandbox on this machine: bwrap: Can't find source path "
                    + "\(cell.root)/gone: No such file or directory."
            )
            cell.sandboxes.takeDown(walls)
        }
    }

    @Test func aLauncherThatWasKilledIsReplaced() async throws {
        try await Cell.with { cell async throws in
            #expect(try await cell.says("echo 1") == "1")
            let launchers = try launchers(of: cell)
            #expect(!launchers.isEmpty)
            for process in launchers { Self.end(process.pid) }
            #expect(try await cell.says("echo 2") == "2")
        }
    }

    @Test func whoWaitsForTheNextCommandIsReplacedWhenItIsKilled() async throws {
        try await Cell.with { cell async throws in
            #expect(try await cell.says("echo 1") == "1")
            let deadline = ContinuousClock.now + .seconds(30)
            while try !launchers(of: cell).contains(where: \.isFirst), ContinuousClock.now < deadline {}
            let waiting = try #require(try launchers(of: cell).filter(\.isFirst).first).pid
            Self.end(waiting)
            #expect(try await cell.says("echo 2") == "2")
        }
    }

    @Test func commandsThatComeAtOnceAllRun() async throws {
        try await Cell.with { cell async throws in
            let said = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 1...40 { group.addTask { try await cell.says("echo \(number)") } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(said == Set((1...40).map(String.init)))
        }
    }

    /// Kills a process and waits until the system has closed its sockets.
    private static func end(_ pid: pid_t) {
        kill(pid, SIGKILL)
        let deadline = ContinuousClock.now + .seconds(30)
        let isThere = { () -> Bool in
            let status = read("status", of: pid)
            return !status.isEmpty && !status.contains("State:\tZ")
        }
        while isThere(), ContinuousClock.now < deadline {}
    }

    /// Those that see the workspace: the launcher, and whoever waits for a command as the first of a namespace.
    private func launchers(of cell: Cell) throws -> [(pid: pid_t, isFirst: Bool)] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.compactMap { pid in
            guard Self.read("cmdline", of: pid).hasPrefix("sluice-launcher"),
                Self.read("mountinfo", of: pid).contains(cell.path)
            else { return nil }
            return (pid, Self.read("status", of: pid).contains("NSpid:\t\(pid)\t1\n"))
        }
    }

    /// By a handle to its end, as what Foundation reads of /proc at once ends after a page.
    private static func read(_ file: String, of pid: pid_t) -> String {
        let data = try? FileHandle(forReadingAtPath: "/proc/\(pid)/\(file)")?.readToEnd()
        return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    @Test func aProgramThatIsNotThereSaysHowToShowIt() async throws {
        try await Cell.with { cell async throws in
            try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: "\(cell.outside)/tool"))
            chmod("\(cell.outside)/tool", 0o755)
            let message =
                "The program '\(cell.outside)/tool', or the interpreter it names, is not there in the sandbox. "
                + "Name its directory under 'workspace: readable:'."
            await #expect(throws: Failure(.missing, message)) {
                try await run(Command("\(cell.outside)/tool", in: cell.workspace))
            }
        }
    }
}
