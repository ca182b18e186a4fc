import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a .NET project or solution builds and its tests pass, by the reports of the test platform.
public struct DotNetTestGate: Gate {
    public static let id: ModuleID = "dotnet-test"
    public static let summary = "Holds when the .NET project or solution builds and its tests pass."

    public struct Settings: Fields {
        @Field("Further arguments for dotnet test, such as [--filter, Category=Fast].") var args: [String] = []
        @Field("Whether nothing is fetched: packages must have been restored to where they are looked for.")
        var offline: Bool = false
        @Field("The dotnet to use, by path or name; dotnet by default.") var program: String? = nil
        @Field("The directory of the workspace that has the project or solution; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long building and testing may take together.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// Tests by their usual names, and what configures the test platform and the build beside the projects.
    public static let protection = EditPolicy(
        protect: [
            "**/test/**", "**/tests/**", "**/*Tests/**", "**/*.Tests/**", "**/*.Test/**", "**/*Test.cs", "**/*Tests.cs",
            "**/*Test.fs", "**/*Tests.fs", "**/*.runsettings", "**/testconfig.json", "**/xunit.runner.json",
            "**/Directory.Build.*", "**/Directory.Packages.props", "**/global.json", "**/nuget.config",
            "**/NuGet.config", "**/*.rsp",
        ]
    )

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        try SettingChecks.refuse(Self.reserved, in: settings.args)
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    /// Options with which nothing runs, or the gate does not hear of it.
    private static let reserved: Set<String> = [
        "-l", "--logger", "-r", "--results-directory", "-t", "--list-tests", "--no-build", "-h", "-?", "--help",
        "-o", "--output", "--artifacts-path", "-v", "--verbosity", "-q",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let dotnet = try Runner(
            "dotnet",
            named: settings.program,
            in: workspace.project,
            install: "https://learn.microsoft.com/dotnet/core/install/linux"
        )
        let scratch = try context.scratch()
        let project = try await ManagedProject(workspace, place, scratch: scratch)
        let results = "\(scratch)/results"
        // A prefix, as each project of a solution writes a report of its own.
        let words = ["test", "--nologo", "--logger", "trx;LogFilePrefix=report", "--results-directory", results]
        let end = try await dotnet.run(
            words + (settings.offline ? ["--no-restore"] : []) + settings.args,
            in: project.inner,
            environment: Self.environment,
            timeout: settings.timeout,
            limit: OutputLimit(head: 4 << 20, tail: 4 << 20),
            context
        )
        let reports = ReportFile.paths(below: results, ending: ".trx")
        return DotNetSession(end: end, project: project, reports: reports).verdict
    }

    /// English, no greeting, nothing sent home, and no server that stays;
    /// https://learn.microsoft.com/dotnet/core/tools/dotnet-environment-variables.
    private static let environment = [
        "DOTNET_CLI_TELEMETRY_OPTOUT": "1", "DOTNET_NOLOGO": "1", "DOTNET_CLI_UI_LANGUAGE": "en",
        "DOTNET_SKIP_FIRST_TIME_EXPERIENCE": "1", "DOTNET_CLI_USE_MSBUILD_SERVER": "0",
        "MSBUILDDISABLENODEREUSE": "1", "UseSharedCompilation": "false", "VSLANG": "1033",
    ]
}

/// A run of `dotnet test` that has ended.
struct DotNetSession: Sendable {
    var end: RunnerEnd
    var project: ManagedProject
    /// Absolute paths of its reports.
    var reports: [String]

    var verdict: Verdict {
        var cases: [TestCase] = []
        var problems: [String] = []
        for path in reports {
            do throws(Failure) {
                guard let bytes = ReportFile.bytes(at: path) else {
                    throw Failure(.invalidInput, "It is no regular file of at most \(ReportFile.limit) bytes.")
                }
                let report = try TRXReport(xml: bytes)
                cases += report.cases
                problems += report.problems
            } catch {
                return end.explained("\(end.words), but its report cannot be read: \(error.message)")
            }
        }
        for index in cases.indices { cases[index].file = cases[index].file.map(project.shown) }
        cases = cases.numbered
        if end.status != 0, Tally(cases).failing.isEmpty {
            let errors = CompilerOutput.errors(in: end.output) { project.shown($0) }
            if !errors.isEmpty { return .broken(errors, end: end, cases: cases) }
        }
        if let problem = problems.first(where: Self.isAbortion) {
            return end.explained("\(end.words) before all tests had run: \(problem.capped(to: 300))", cases: cases)
        }
        return TestSession(end, cases: cases, failureStatuses: [1]).verdict
    }

    /// `The active test run was aborted. Reason: Test host process crashed`.
    private static func isAbortion(_ problem: String) -> Bool { problem.contains("test run was aborted") }
}
