import Glibc
import PipelineKit
import WorkspaceKit

/// Prints what a snapshot and a rebuilt tree cost in a project, each after an edit of one file.
///
///     WorkspaceTimer PROJECT FILE STATE
///
/// The file is written again and again; the project should be a copy.
@main enum Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else {
            print("usage: WorkspaceTimer PROJECT FILE STATE")
            exit(2)
        }
        let keeper = GitWorkspaceKeeper(state: arguments[3])
        let opened = try await keeper.open(WorkspaceOrder(arguments[1]), for: "timer")
        var (snapshots, rebuilds) = ([Duration](), [Duration]())
        for number in 0..<rounds {
            try ConfinedDirectory(arguments[1]).write(Array("# \(number)\n".utf8), to: arguments[2])
            let clock = ContinuousClock()
            let begin = clock.now
            let current = try await keeper.snapshot(opened.workspace, of: "timer")
            let middle = clock.now
            _ = try await keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: current,
                under: EditPolicy(protect: ["tests/**"]),
                of: "timer"
            )
            snapshots.append(middle - begin)
            rebuilds.append(clock.now - middle)
        }
        show("snapshot", snapshots)
        show("rebuild", rebuilds)
    }

    private static let rounds = 300

    private static func show(_ name: String, _ times: [Duration]) {
        let sorted = times.sorted()
        print(name, "median", sorted[rounds / 2] / .microseconds(1), "µs, fastest", sorted[0] / .microseconds(1), "µs")
    }
}
