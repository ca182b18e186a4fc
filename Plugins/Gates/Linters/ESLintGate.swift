public import PipelineKit

/// Holds when ESLint finds no error.
public struct ESLintGate: Gate {
    public static let id: ModuleID = "eslint"
    public static let summary = "Holds when the linter ESLint finds no error in the project's JavaScript or TypeScript."
    public static let protection = EditPolicy(
        protect: ["**/eslint.config.*", "**/.eslintrc", "**/.eslintrc.*", "**/.eslintignore", "node_modules/**"],
        sections: [ProtectedSection(file: "package.json", word: "eslint")]
    )

    public struct Settings: Fields, LinterSettings {
        @Field("Files and directories to check, relative to the directory; all when empty.") var paths: [String] = []
        @Field("More arguments for ESLint, such as [--ext, .ts].") var args: [String] = []
        @Field("What must not be found: error; warning stands for errors too.") var level: Threshold = .error
        @Field(
            "What becomes of findings that comments suppress: count tells how many, refuse takes them as findings."
        )
        var suppressions: Suppressions = .count
        @Field("The ESLint to run, by path or name; that of node_modules of the project, else that of PATH.")
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

    /// https://eslint.org/docs/latest/use/command-line-interface.
    private static let reserved: Set<String> = [
        "--format", "-f", "--output-file", "-o", "--fix", "--fix-dry-run", "--init", "--no-inline-config",
        "--pass-on-no-patterns", "--cache", "--suppress-all", "--suppress-rule", "--prune-suppressions",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let eslint = try Linter(
            "eslint",
            own: [
                (settings.directory.map { "\($0)/" } ?? "") + "node_modules/.bin/eslint", "node_modules/.bin/eslint",
            ],
            install: "npm install --save-dev eslint",
            settings,
            workspace,
            context
        )
        let comments = settings.suppressions == .refuse ? ["--no-inline-config"] : []
        let paths = settings.paths.isEmpty ? ["."] : settings.paths
        let end = try await eslint.run(["--format", "json"] + comments + settings.args + ["--"] + paths)
        return try ESLintReport.verdict(end, level: settings.level, place: eslint.place)
    }
}
