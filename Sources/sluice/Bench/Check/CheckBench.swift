import FoundationEssentials
import PipelineEngine
import PipelineKit
import ProcessKit
import SQLiteStore
import WorkspaceKit

/// What a check of a goal takes beside its runner alone: pytest over tests of 0.3 s, in a repository of many files.
///
///     {"ev":"check","files":10000,"rounds":20,"confined":true,"first_ms":1840,"check_ms":612,"runner_ms":588.1,"ratio":1.04}
///
/// A check is all that the engine does for it: it looks at the files, rebuilds the judged tree, makes the sandbox, judges and
/// records. `first` is the one that lays out the whole tree. Both are medians; the runner is measured before and after.
struct CheckBench {
    /// Of the project.
    let files: Int
    let rounds: Int
    /// Absolute path of a private directory.
    let directory: String
    let registry: Registry

    /// Of a model that is never asked, as the goal holds from the start.
    private var script: String { "\(directory)/script.json" }
    private var tree: BenchTree { BenchTree(files: files, path: "\(directory)/project") }

    func run() async throws(CommandError) {
        do throws(Failure) {
            try tree.layOut()
            try tree.write(Self.tests, to: "\(tree.path)/test_quick.py")
            try tree.write("[]", to: script)
        } catch {
            throw .broken(error.message)
        }
        let before = try await runner()
        let (checks, isConfined) = try await checks()
        let alone = (before + (try await runner())).sorted()
        let (check, runner) = (Self.median(checks.dropFirst().sorted()), Self.median(alone))
        BenchLines().tell(
            "check",
            [
                "files": .int(files), "rounds": .int(rounds), "confined": .bool(isConfined),
                "first_ms": .double(checks[0]), "check_ms": .double(check), "runner_ms": .double(runner),
                "ratio": .double((check / runner * 100).rounded() / 100),
            ]
        )
    }

    private static let tests = """
        import time
        import pytest

        @pytest.mark.parametrize("number", range(30))
        def test_takes_a_hundredth_of_a_second(number):
            time.sleep(0.01)

        """

    private static func median(_ sorted: [Double]) -> Double { (sorted[sorted.count / 2] * 10).rounded() / 10 }

    // MARK: - The runner

    /// Milliseconds of each run of it.
    private func runner() async throws(CommandError) -> [Double] {
        let report = "--junitxml=\(directory)/report.xml"
        let words = ["-B", "-m", "pytest", "-q", "--color=no", "-o", "cache_dir=\(directory)/cache", report]
        var times: [Double] = []
        for _ in 0..<max(1, rounds / 2) {
            let start = ContinuousClock.now
            let finished: Finished
            do throws(Failure) { finished = try await ProcessKit.run(Command("python3", words, in: tree.path)) } catch {
                throw .broken(error.message)
            }
            guard finished.status == 0 else {
                throw .broken("'python3 -m pytest' exited with \(finished.status): \(finished.output.text)")
            }
            times.append(start.duration(to: .now) / .milliseconds(1))
        }
        return times
    }

    // MARK: - The checks

    /// Milliseconds of each check of a run whose goal has to hold so many times in a row.
    private func checks() async throws(CommandError) -> ([Double], isConfined: Bool) {
        let services = try services()
        let json: JSONValue = [
            "name": "check", "model": .string("scripted/\(script)"),
            "goal": ["gate": "pytest", "confirm": .int(rounds + 1)],
        ]
        let pipeline: Pipeline
        do throws(FieldProblems) { pipeline = try Pipeline(json: json) } catch { throw .broken(error.failure.message) }
        let order = RunOrder(run: "check", pipeline: pipeline, project: tree.path, origin: "bench")
        let run = try await asking { () throws(ServiceError) in try await services.runs.start(order) }
        let state = try await asking { () throws(ServiceError) in try await services.runs.carryOn(run) }
        guard state.status == .achieved else { throw .broken(state.lastCheck?.reason ?? "No goal was judged.") }
        let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: run) }
        return (Self.times(events), state.workspace?.sandbox?.isConfined == true)
    }

    private static func times(_ events: [Event]) -> [Double] {
        var (times, last) = ([Double](), Instant(milliseconds: 0))
        for event in events {
            switch event.payload {
            case .workspaceOpened: last = event.at
            case .checkFinished:
                times.append((event.at - last) / .milliseconds(1))
                last = event.at
            default: break
            }
        }
        return times
    }

    private func services() throws(CommandError) -> Services {
        let store: SQLiteEventStore
        do throws(StoreError) { store = try SQLiteEventStore(path: "\(directory)/sluice.db") } catch {
            throw .broken("\(error)")
        }
        return Services(
            EngineParts(
                registry: registry,
                store: store,
                workspaces: GitWorkspaceKeeper(state: "\(directory)/state"),
                sandboxes: WorkspaceSandboxes(state: "\(directory)/state"),
                transport: NoNetwork(),
                secrets: { _ in nil },
                scratch: "\(directory)/scratch",
                version: Version.number
            )
        )
    }
}
