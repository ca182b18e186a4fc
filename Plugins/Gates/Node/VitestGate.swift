import GateKit
public import PipelineKit

/// Holds when the tests of a project pass under Vitest, by its report in JUnit's format.
public struct VitestGate: Gate {
    public static let id: ModuleID = "vitest"
    public static let summary = "Holds when the project's test suite passes under Vitest."

    /// Besides the tests the files that Vitest reads: https://vitest.dev/config.
    public static var protection: EditPolicy {
        NodeProtection.policy(configuration: [
            "**/vitest.{config,workspace,setup}.*", "**/vite.config.*", "**/setupTests.*",
        ])
    }

    public struct Settings: Fields {
        @Field("Further arguments for vitest run, such as [--project, unit].") var args: [String] = []
        @Field("Which test files; all when empty.") var paths: [String] = []
        @Field("The vitest to use, by path or name; that in node_modules by default.") var program: String? = nil
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
                "--reporter", "--outputFile", "--outputFile.junit", "--watch", "-w", "--ui", "--passWithNoTests", "-u",
                "--update",
            ],
            in: settings.args
        )
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let runner = JavaScriptRunner(
            name: "vitest",
            program: settings.program,
            place: place,
            timeout: settings.timeout
        )
        return try await runner.judge(workspace, context) { report in
            ["run", "--reporter=default", "--reporter=junit", "--outputFile.junit=\(report)"] + settings.args
                + settings.paths
        }
    }
}
