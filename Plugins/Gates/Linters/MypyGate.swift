public import PipelineKit

/// Holds when mypy finds no error.
///
/// mypy cannot be told to pass over `# type: ignore`; `warn_unused_ignores` and the code `ignore-without-code` of its
/// configuration limit them.
public struct MypyGate: Gate {
    public static let id: ModuleID = "mypy"
    public static let summary = "Holds when the type checker mypy finds no error in the project's Python code."
    public static let protection = EditPolicy(
        protect: ["**/mypy.ini", "**/.mypy.ini", "*/**/pyproject.toml", "*/**/setup.cfg"] + PythonProtection.patterns,
        sections: ["pyproject.toml", "setup.cfg"].map { ProtectedSection(file: $0, word: "mypy") }
    )

    public struct Settings: Fields, LinterSettings {
        @Field("Files and directories to check, relative to the directory; those of mypy's configuration, else all.")
        var paths: [String] = []
        @Field("More arguments for mypy, such as [--strict].") var args: [String] = []
        @Field("The mypy to run, by path or name; that of .venv or venv of the project, else that of PATH.")
        var program: String? = nil
        @Field("Where it runs, relative to the workspace; its root when not given.") var directory: String? = nil
        @Field("How long it may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        try settings.check(reserved: ["--output", "-O", "--cache-dir", "--install-types", "--python-executable"])
        self.settings = settings
    }

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let mypy = try Linter(
            "mypy",
            own: [".venv/bin/mypy", "venv/bin/mypy"],
            install: "pip install mypy",
            settings,
            workspace,
            context
        )
        let cache = "--cache-dir=\(try context.scratch())/mypy"
        let python = mypy.python.map { ["--python-executable=\($0)"] } ?? []
        let options = ["--output=json", "--no-color-output", cache] + python + settings.args
        var end = try await mypy.run(options + ["--"] + settings.paths)
        if settings.paths.isEmpty, end.status == 2, end.errors.contains("Missing target module, package, files") {
            end = try await mypy.run(options + ["--", "."])
        }
        return try MypyReport(end, place: mypy.place).verdict()
    }
}
