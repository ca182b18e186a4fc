import GateKit
public import PipelineKit

/// Holds when the tests of a project pass under Bun's runner, by its report in JUnit's format.
public struct BunTestGate: Gate {
    public static let id: ModuleID = "bun-test"
    public static let summary = "Holds when the project's test suite passes under bun test."

    /// Besides the tests `bunfig.toml`, which can load code before them: https://bun.sh/docs/runtime/bunfig.
    public static var protection: EditPolicy {
        NodeProtection.policy(configuration: ["**/bunfig.toml", "**/.bunfig.toml"])
    }

    public struct Settings: Fields {
        @Field("Further arguments for bun test, such as [--timeout, \"10000\"].") var args: [String] = []
        @Field("Which test files; all when empty.") var paths: [String] = []
        @Field("The bun to use, by path or name; bun by default.") var program: String? = nil
        @Field("The directory of the workspace that has the package; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long the tests may take altogether.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        try SettingChecks.refuse(
            [
                "--reporter", "--reporter-outfile", "--watch", "--hot", "--only", "--todo", "-u", "--update-snapshots",
                "--pass-with-no-tests",
            ],
            in: settings.args
        )
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let runner = JavaScriptRunner(name: "bun", program: settings.program, place: place, timeout: settings.timeout)
        return try await runner.judge(workspace, context) { report in
            ["test", "--reporter=junit", "--reporter-outfile=\(report)"] + settings.args + settings.paths
        }
    }
}
