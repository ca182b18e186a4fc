public import PipelineKit

/// Holds when ruff finds nothing.
public struct RuffGate: Gate {
    public static let id: ModuleID = "ruff"
    public static let summary = "Holds when the linter ruff finds nothing in the project's Python code."
    public static let protection = EditPolicy(
        protect: ["**/ruff.toml", "**/.ruff.toml", "*/**/pyproject.toml"] + PythonProtection.patterns,
        sections: [ProtectedSection(file: "pyproject.toml", word: "ruff")]
    )

    public struct Settings: Fields, LinterSettings {
        @Field("Files and directories to check, relative to the directory; all when empty.") var paths: [String] = []
        @Field("More arguments for 'ruff check', such as [--select, E].") var args: [String] = []
        @Field(
            "What becomes of findings that '# noqa' suppresses: count tells how many, refuse takes them as findings."
        )
        var suppressions: Suppressions = .count
        @Field("The ruff to run, by path or name; that of .venv or venv of the project, else that of PATH.")
        var program: String? = nil
        @Field("Where it runs, relative to the workspace; its root when not given.") var directory: String? = nil
        @Field("How long it may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        try settings.check(reserved: Self.reserved)
        self.settings = settings
    }

    /// https://docs.astral.sh/ruff/configuration/#full-command-line-interface.
    private static let reserved: Set<String> = [
        "--output-format", "--output-file", "-o", "--exit-zero", "-e", "--fix", "--fix-only", "--diff", "--watch", "-w",
        "--add-noqa", "--add-ignore", "--show-files", "--show-settings", "--statistics", "--ignore-noqa",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let ruff = try Linter(
            "ruff",
            own: [".venv/bin/ruff", "venv/bin/ruff"],
            install: "pip install ruff",
            settings,
            workspace,
            context
        )
        let listed = try await check(ruff, ["--show-files"])
        guard listed.status == 0 else { throw listed.failure() }
        let files = listed.output.split(separator: "\n").count
        guard files > 0 else { return LinterReport(name: "Ruff", findings: [], files: 0).verdict }
        let refuses = settings.suppressions == .refuse
        let found = try await findings(ruff, ignoringComments: refuses)
        let all = refuses ? found : try await findings(ruff, ignoringComments: true)
        let suppressed = max(0, all.count - found.count)
        return LinterReport(name: "Ruff", findings: found, files: files, suppressed: suppressed).verdict
    }

    private func check(_ ruff: Linter, _ options: [String]) async throws(Failure) -> LinterEnd {
        // A configuration may ask for fixes.
        try await ruff.run(["check", "--no-cache", "--no-fix"] + options + settings.args + ["--"] + settings.paths)
    }

    private func findings(_ ruff: Linter, ignoringComments: Bool) async throws(Failure) -> [Verdict.Finding] {
        let options = ["--output-format=json", "--quiet"] + (ignoringComments ? ["--ignore-noqa"] : [])
        let end = try await check(ruff, options)
        guard end.status == 0 || end.status == 1 else { throw end.failure() }
        let findings = try RuffReport.findings(end.bytes) { ruff.place($0) }
        guard findings.isEmpty == (end.status == 0) else { throw end.failure(.unavailable) }
        return findings
    }
}
