import FoundationEssentials
import GateKit
import PipelineKit
import ProcessKit

/// The steps of a migration, one after the other up to the first that fails.
struct MigrationRun: Sendable {
    let plan: MigrationPlan
    let database: MigratedDatabase
    /// The variable that names the database.
    let variable: String
    /// With the copy of the tree.
    let workspace: Workspace
    let timeout: Duration

    func verdict(_ context: GateContext) async throws(Failure) -> Verdict {
        var cases: [TestCase] = []
        for step in plan.steps {
            let end = try await run(step, context)
            cases.append(TestCase(step.name, .passed, seconds: end.finished.elapsed.seconds))
            if let reason = problem(step, end) {
                cases[cases.count - 1].outcome = .failed
                cases[cases.count - 1].message = reason
                return Verdict(
                    .failed,
                    reason,
                    score: Double(cases.count - 1) / Double(plan.steps.count),
                    cases: cases,
                    details: end.output.capped(to: 6_000)
                )
            }
        }
        return Verdict(.passed, plan.praise, score: 1, cases: cases)
    }

    private func run(_ step: MigrationPlan.Step, _ context: GateContext) async throws(Failure) -> RunnerEnd {
        let command = Command.shell(
            step.line,
            in: workspace,
            environment: environment,
            timeout: timeout,
            limit: .runner
        )
        let finished = try await ProcessKit.run(command, progress: context.progress)
        if let problem = finished.notStarted("'\(step.line)'") { throw problem }
        return RunnerEnd(name: "'\(step.line)'", finished: finished)
    }

    /// What is wrong after a step, as a sentence.
    private func problem(_ step: MigrationPlan.Step, _ end: RunnerEnd) -> String? {
        if end.status != 0 { return "\(step.complaint): \(end.words)." }
        if database.originalChanged {
            let name = database.name ?? ""
            return "\(end.name) changed '\(name)' itself, not the copy that $\(variable) names."
        }
        guard step.makesDatabase, !database.exists else { return nil }
        guard let name = database.name else {
            return "\(end.name) made no SQLite database where $\(variable) says. "
                + "Let the project read that variable, or name its file with 'database:'."
        }
        return "\(end.name) exited with 0, but '\(name)' is no SQLite database after it."
    }

    /// The address as SQLAlchemy and Django's dj-database-url read it, and the plain path for others; the programs that
    /// the project has installed first.
    private var environment: [String: String] {
        let installed = [".venv/bin", "venv/bin", "node_modules/.bin"].map { "\(workspace.project)/\($0)" }
        let found = installed.filter { FileManager.default.fileExists(atPath: $0) }
        let search = (found + [Environment.minimal["PATH"] ?? ""]).filter { !$0.isEmpty }.joined(separator: ":")
        return [variable: "sqlite:///\(database.path)", "SLUICE_DATABASE": database.path, "PATH": search]
    }
}
