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
/// records. `first` is the one that lays out the whole tree. After each of the others the runner is run alone, so that both
/// see the same machine: the ratio is the median of theirs, pair by pair.
struct CheckBench {
    /// Of the project.
    let files: Int
    let rounds: Int
    /// Absolute path of a private directory.
    let directory: String
    let registry: Registry

    /// Of a model that does nothing.
    private var script: String { "\(directory)/script.json" }
    private var tree: BenchTree { BenchTree(files: files, path: "\(directory)/project") }

    func run() async throws(CommandError) {
        do throws(Failure) {
            try tree.layOut()
            try tree.write(Self.tests, to: "\(tree.path)/test_quick.py")
            try tree.write(Self.replies(rounds + 1), to: script)
        } catch {
            throw .broken(error.message)
        }
        let measured = try await measured()
        let ratios = zip(measured.checks, measured.runners).map { $0 / $1 }
        BenchLines().tell(
            "check",
            [
                "files": .int(files), "rounds": .int(rounds), "confined": .bool(measured.isConfined),
                "first_ms": .double(measured.first), "check_ms": .double(Self.median(measured.checks, 10)),
                "runner_ms": .double(Self.median(measured.runners, 10)), "ratio": .double(Self.median(ratios, 100)),
            ]
        )
    }

    private static func replies(_ count: Int) -> String {
        let replies: JSONValue = .array(Array(repeating: ["text": "Go on."], count: count))
        let script: JSONValue = ["replies": replies]
        return script.jsonText
    }

    private static let tests = """
        import time
        import pytest

        @pytest.mark.parametrize("number", range(30))
        def test_takes_a_hundredth_of_a_second(number):
            time.sleep(0.01)

        """

    /// - Parameter parts: Of one, to which it is rounded.
    private static func median(_ values: [Double], _ parts: Double) -> Double {
        (values.sorted()[values.count / 2] * parts).rounded() / parts
    }

    // MARK: - The runner

    /// Milliseconds of one run of it.
    private func runner() async throws(CommandError) -> Double {
        let report = "--junitxml=\(directory)/report.xml"
        let words = ["-B", "-m", "pytest", "-q", "--color=no", "-o", "cache_dir=\(directory)/cache", report]
        let start = ContinuousClock.now
        let finished: Finished
        do throws(Failure) { finished = try await ProcessKit.run(Command("python3", words, in: tree.path)) } catch {
            throw .broken(error.message)
        }
        guard finished.status == 0 else {
            throw .broken("'python3 -m pytest' exited with \(finished.status): \(finished.output.text)")
        }
        return start.duration(to: .now) / .milliseconds(1)
    }

    // MARK: - The checks

    /// Milliseconds.
    private struct Measured {
        var first = 0.0
        var checks: [Double] = []
        var runners: [Double] = []
        var isConfined = false
    }

    /// A run whose goal never holds, and which asks after each check: while it waits, the runner is run.
    private func measured() async throws(CommandError) -> Measured {
        let services = try services()
        let json: JSONValue = [
            "name": "check", "model": .string("scripted/\(script)"), "goal": ["not": "pytest"],
            "human": ["gate": "after_failed_check"], "limits": ["iterations": .int(rounds + 1)],
        ]
        let pipeline: Pipeline
        do throws(FieldProblems) { pipeline = try Pipeline(json: json) } catch { throw .broken(error.failure.message) }
        let order = RunOrder(run: "check", pipeline: pipeline, project: tree.path, origin: "bench")
        let run = try await asking { () throws(ServiceError) in try await services.runs.start(order) }
        var measured = Measured()
        var state = try await asking { () throws(ServiceError) in try await services.runs.carryOn(run) }
        for _ in 0..<rounds {
            guard let question = state.pendingApprovals.first?.approval else {
                throw .broken(state.lastCheck?.reason ?? "No goal was judged.")
            }
            measured.runners.append(try await runner())
            let yes = Resolution(.approved, by: "bench")
            state = try await asking { () throws(ServiceError) in
                try await services.approvals.resolve(question.id, of: run, with: yes, shown: nil)
                return try await services.runs.carryOn(run)
            }
        }
        let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: run) }
        let times = Self.times(events)
        // The first iteration's check comes before the first question.
        (measured.first, measured.checks) = (times[0], Array(times.dropFirst().suffix(rounds)))
        measured.isConfined = state.workspace?.sandbox?.isConfined == true
        return measured
    }

    /// Of each check, from what came before it to its end.
    private static func times(_ events: [Event]) -> [Double] {
        var (times, last) = ([Double](), Instant(milliseconds: 0))
        for event in events {
            switch event.payload {
            case .workspaceOpened, .modelReplied: last = event.at
            case .checkFinished: times.append((event.at - last) / .milliseconds(1))
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
