import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit
import ProcessKit
import WorkspaceKit

/// Measures what stands between a call and the machine. A line for each figure, medians of single calls in turns:
///
///     {"ev":"true","calls":300,"bare_us":402.1,"plain_us":812.0,"confined_us":1034.5,"ratio":2.57}
///     {"ev":"room","rooms":20,"us":9120.3}
///     {"ev":"read","calls":10000,"us":14.8}
///
/// `true` starts /bin/true by posix_spawn(3), as a command of Sluice without a sandbox, and as one in a sandbox, and waits
/// for its end; `ratio` is the last to the first. `room` is what the first command of a sandbox takes, in which it is
/// made. `read` is a call of `file_read` for a file of 1 kB, from its arguments to its output.
struct SandboxBench {
    private let lines = BenchLines()
    private let directory: String
    private let workspace: Workspace
    private let sandboxes: WorkspaceSandboxes

    /// - Parameter calls: Of each kind; thirty times as many of `read`, a fifteenth of `room`.
    static func measure(_ calls: Int, in directory: String, _ registry: Registry) async throws(CommandError) {
        let bench = SandboxBench(directory)
        do throws(Failure) {
            try await bench.measureTrue(calls)
            try await bench.measureRooms(max(3, calls / 15))
            try await bench.measureReads(calls * 30, registry)
        } catch {
            throw .broken(error.message)
        }
        bench.lines.tell("end")
    }

    private init(_ directory: String) {
        self.directory = directory
        workspace = Workspace(path: directory)
        sandboxes = WorkspaceSandboxes(state: "\(directory)/.state")
    }

    private func confined(_ run: RunID) async throws(Failure) -> Workspace {
        var workspace = workspace
        workspace.confinement = try await sandboxes.walls(for: run, workspace, WorkspacePolicy(), .calls)
        return workspace
    }

    private func measureTrue(_ calls: Int) async throws(Failure) {
        let confined = try await confined("true")
        let (plain, walled) = (Command(Self.program, in: directory), Command(Self.program, in: confined))
        var times: (bare: [Duration], plain: [Duration], confined: [Duration]) = ([], [], [])
        _ = try await run(walled)
        for _ in 0..<calls {
            times.bare.append(ContinuousClock().measure(Self.spawn))
            times.plain.append(try await time(plain))
            times.confined.append(try await time(walled))
        }
        let (bare, ratio) = (
            times.bare.medianMicroseconds, times.confined.medianMicroseconds / times.bare.medianMicroseconds
        )
        lines.tell(
            "true",
            [
                "calls": .int(calls), "bare_us": .double(bare.tenths),
                "plain_us": .double(times.plain.medianMicroseconds.tenths),
                "confined_us": .double(times.confined.medianMicroseconds.tenths),
                "ratio": .double((ratio * 100).rounded() / 100),
            ]
        )
        if let walls = confined.confinement { sandboxes.takeDown(walls) }
    }

    private func measureRooms(_ count: Int) async throws(Failure) {
        var times: [Duration] = []
        for number in 0..<count {
            let confined = try await confined(RunID("room-\(number)"))
            times.append(try await time(Command(Self.program, in: confined)))
            if let walls = confined.confinement { sandboxes.takeDown(walls) }
        }
        lines.tell("room", ["rooms": .int(count), "us": .double(times.medianMicroseconds.tenths)])
    }

    private func measureReads(_ calls: Int, _ registry: Registry) async throws(Failure) {
        let text = String(repeating: "0123456789abcde\n", count: 64)
        guard FileManager.default.createFile(atPath: "\(directory)/file", contents: Data(text.utf8)) else {
            throw Failure(.unavailable, "No file can be made in '\(directory)'.")
        }
        let context = ToolContext(workspace: try await confined("read"))
        guard let factory = registry.tools["file_read"], let tool = try? factory.make([:]) else {
            throw Failure(.missing, "There is no tool 'file_read'.")
        }
        var times: [Duration] = []
        for _ in 0..<calls {
            let start = ContinuousClock.now
            _ = try await tool.call(["path": "file"], context)
            times.append(start.duration(to: .now))
        }
        lines.tell("read", ["calls": .int(calls), "us": .double(times.medianMicroseconds.tenths)])
    }

    private func time(_ command: Command) async throws(Failure) -> Duration {
        let start = ContinuousClock.now
        let finished = try await run(command)
        guard finished.status == 0 else { throw Failure(.unavailable, "'\(command)' ended with \(finished.status).") }
        return start.duration(to: .now)
    }

    private static let program = "/bin/true"

    private static func spawn() {
        var pid: pid_t = 0
        withCStrings([program]) { words in
            if posix_spawn(&pid, program, nil, nil, words, environ) == 0 { waitpid(pid, nil, 0) }
        }
    }
}
