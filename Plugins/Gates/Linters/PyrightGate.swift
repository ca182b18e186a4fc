public import PipelineKit

/// Holds when pyright, or basedpyright, finds no error.
///
/// No option tells pyright to pass over `# type: ignore` and `# pyright: ignore`; `enableTypeIgnoreComments: false` and
/// `reportUnnecessaryTypeIgnoreComment` of its configuration limit them.
public struct PyrightGate: Gate {
    public static let id: ModuleID = "pyright"
    public static let summary = "Holds when the type checker pyright finds no error in the project's Python code."
    public static let protection = EditPolicy(
        protect: ["**/pyrightconfig.json", "*/**/pyproject.toml", "node_modules/**"] + PythonProtection.patterns,
        sections: [ProtectedSection(file: "pyproject.toml", word: "pyright")]
    )

    public struct Settings: Fields, LinterSettings {
        @Field("Files and directories to check, relative to the directory; those of pyright's configuration, else all.")
        var paths: [String] = []
        @Field("More arguments for pyright, such as [--pythonversion, 3.12].") var args: [String] = []
        @Field("What must not be found: error; warning stands for errors too, note for all.")
        var level: Threshold = .error
        @Field("The pyright to run, by path or name, such as basedpyright; that of the project, else that of PATH.")
        var program: String? = nil
        @Field("Where it runs, relative to the workspace; its root when not given.") var directory: String? = nil
        @Field("How long it may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        try settings.check(reserved: ["--outputjson", "--watch", "-w", "--stats", "--createstub", "--writebaseline"])
        self.settings = settings
    }

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let pyright = try Linter(
            "pyright",
            own: [".venv/bin/pyright", "venv/bin/pyright", "node_modules/.bin/pyright"],
            install: "pip install pyright",
            settings,
            workspace,
            context
        )
        let isNamed = settings.args.contains { $0.hasPrefix("--pythonpath") }
        let python = isNamed ? [] : pyright.python.map { ["--pythonpath", $0] } ?? []
        let end = try await pyright.run(["--outputjson"] + python + settings.args + settings.paths)
        return try PyrightReport.verdict(end, level: settings.level, place: pyright.place)
    }
}
