import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a query gives the rows it should in the time it may take.
public struct SQLBenchmarkGate: Gate {
    public static let id: ModuleID = "sql-benchmark"
    public static let summary =
        "Holds when a query of a database gives its rows and surely takes no longer than it may."
    public static let example: JSONValue = [
        "database": "shop.db", "query": "SELECT count(*) FROM orders", "max_ms": 5, "expected_rows": 1,
    ]
    public static let measures = true

    /// The data: with other rows it would be another query.
    public static var protection: EditPolicy {
        EditPolicy(
            protect: SpeedChecks.benchmarks
                + ["db", "sqlite", "sqlite3"].flatMap { ["**/*.\($0)", "**/*.\($0)-wal", "**/*.\($0)-journal"] }
        )
    }

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        try Self.check(settings)
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let program = try program(in: workspace)
        let plan = try await plan(of: program, in: workspace, context)
        guard plan.readsSomething else {
            return Verdict.failed("The query reads no table.", score: 0).explained(by: plan)
        }
        var (values, rows): ([Double], QueryRows?) = ([], nil)
        for turn in 0..<settings.warmup + settings.runs {
            let isWarm = turn >= settings.warmup
            let name = isWarm ? "run \(turn + 1 - settings.warmup)" : "warm-up \(turn + 1)"
            let start = try await start(of: program, name, in: workspace, context)
            let command = program.command(in: workspace)
            let asked = try await command.finish(program.title, name, within: settings.timeout, context)
            if let problem = problem(of: asked, program, name) { return problem }
            let found = QueryRows(asked.output.bytes, endedBy: program.end)
            if let problem = problem(of: found, program) { return problem.explained(by: plan) }
            rows = found
            if isWarm { values.append(max(0, asked.elapsed.seconds - start)) }
        }
        let goal = SpeedGoal(name: program.title, clock: .wall, statistic: .median, bound: settings.maxMs / 1_000)
        var verdict = goal.verdict(on: values)
        verdict.metrics["rows"] = rows.map { Double($0.count) }
        if let rows { verdict.details += "\(rows) with the SHA-256 \(rows.digest)\n" }
        return verdict.explained(by: plan)
    }

    private func program(in workspace: Workspace) throws(Failure) -> QueryProgram {
        if let line = settings.command { return .line(line) }
        let name = settings.database ?? ""
        let path = name.hasPrefix("/") ? name : "\(workspace.path)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                .missing,
                "The database '\(name)' is not there. One that git ignores is not in the tree that is judged: give its "
                    + "absolute path, and name it under 'workspace: readable:'."
            )
        }
        let sqlite = try Runner(
            "sqlite3",
            named: settings.program,
            in: workspace.project,
            install: "apt-get install sqlite3"
        )
        return .sqlite(program: sqlite.program, database: path, query: try query(in: workspace))
    }

    private func query(in workspace: Workspace) throws(Failure) -> String {
        guard let file = settings.queryFile else { return settings.query ?? "" }
        guard !file.hasPrefix("/"), !file.split(separator: "/").contains(".."),
            let bytes = ReportFile.bytes(at: "\(workspace.path)/\(file)")
        else {
            throw Failure(.invalidInput, "Field 'query_file' names '\(file)', which is no file of the workspace.")
        }
        // What one argument of a program may have, less what stands before the query; execve(2).
        guard bytes.count < 128 << 10 - 64, !bytes.contains(0) else {
            throw Failure(.invalidInput, "The query in '\(file)' is too long, or holds a NUL byte.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Seconds that it takes to start the program and to open the database, measured just before each run.
    private func start(
        of program: QueryProgram,
        _ name: String,
        in workspace: Workspace,
        _ context: GateContext
    ) async throws(Failure) -> Double {
        guard let command = program.start(in: workspace) else { return 0 }
        return try await command.finish("sqlite3", name, within: settings.timeout, context).elapsed.seconds
    }

    /// How the database goes about it; empty where it does not say.
    private func plan(of program: QueryProgram, in workspace: Workspace, _ context: GateContext)
        async throws(Failure) -> QueryPlan
    {
        guard let command = program.plan(in: workspace) else { return QueryPlan(text: "") }
        let said = try await command.finish("sqlite3", "the query plan", within: settings.timeout, context)
        return QueryPlan(text: said.status == 0 ? said.output.text.capped(to: 4_000) : "")
    }

    private func problem(of asked: Finished, _ program: QueryProgram, _ name: String) -> Verdict? {
        guard asked.status == 0 else {
            let words = RunnerEnd.words(of: program.title, status: asked.status)
            var verdict = Verdict.failed("\(words) in \(name).", score: 0)
            verdict.details = (asked.errors.text + asked.output.text).capped(to: 6_000)
            return verdict
        }
        guard asked.output.isCut else { return nil }
        return .failed("\(program.title) gives more than 64 MB of rows, which are not read.", score: 0)
    }

    private func problem(of rows: QueryRows, _ program: QueryProgram) -> Verdict? {
        guard rows.count == settings.expectedRows else {
            return .failed("\(program.title) gives \(rows), not \(settings.expectedRows).", score: 0)
        }
        guard let digest = settings.expectedDigest?.lowercased(), digest != rows.digest else { return nil }
        return .failed("\(program.title) gives other rows: their SHA-256 is \(rows.digest), not \(digest).", score: 0)
    }
}

extension Verdict {
    /// With the plan of the query behind what there is to say.
    fileprivate func explained(by plan: QueryPlan) -> Verdict {
        var verdict = self
        verdict.details += plan.text
        return verdict
    }
}
