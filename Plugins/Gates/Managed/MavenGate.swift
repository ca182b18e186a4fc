import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a project of Maven builds and its tests pass, by the reports of Surefire and Failsafe.
///
/// Neither plugin can be told on the command line where to write, so Maven runs in a copy of the tree.
public struct MavenGate: Gate {
    public static let id: ModuleID = "maven"
    public static let summary = "Holds when the Maven project builds and its tests pass."

    public struct Settings: Fields {
        @Field("The phases or goals to run; verify runs integration tests too.") var goals: [String] = ["test"]
        @Field("Further arguments for mvn, such as [-pl, core, -am].") var args: [String] = []
        @Field("Whether nothing is fetched: what is in the local repository has to do.") var offline: Bool = false
        @Field("The mvn to use, by path or name; mvn by default, and never the project's own mvnw.")
        var program: String? = nil
        @Field("The directory of the workspace that has the pom.xml; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long building and testing may take together.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// Tests by the layout and names that Surefire and Failsafe take by default, Maven's own settings, and what the POM
    /// says of the tests; https://maven.apache.org/surefire/maven-surefire-plugin/test-mojo.html#includes.
    public static var protection: EditPolicy {
        EditPolicy(
            protect: [
                "**/src/test/**", "**/src/it/**", "**/src/integration-test/**", "**/*Test.*", "**/*Tests.*",
                "**/*TestCase.*", "**/*IT.*", "**/.mvn/**", "*/**/pom.xml",
            ],
            sections: ["surefire", "failsafe", "skip", "testFailureIgnore", "maven.test"].map {
                ProtectedSection(file: "pom.xml", word: $0)
            }
        )
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        try SettingChecks.refuse(Self.reserved, in: settings.args)
        guard !settings.goals.isEmpty, settings.goals.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") }) else {
            throw Failure(.invalidInput, "Field 'goals' must hold phases or goals of Maven, such as 'test'.")
        }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    /// Options with which no test runs, a failure is passed over, or the gate does not hear of it.
    private static let reserved: Set<String> = [
        "-DskipTests", "-DskipITs", "-Dmaven.test.skip", "-Dmaven.test.failure.ignore", "-DtestFailureIgnore", "-fn",
        "--fail-never", "-f", "--file", "-q", "--quiet", "-h", "--help", "-v", "--version", "-l", "--log-file",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let maven = try Runner(
            "mvn",
            named: settings.program,
            in: workspace.project,
            install: "https://maven.apache.org/install.html or apt-get install maven"
        )
        let project = try await ManagedProject(workspace, place, scratch: context.scratch())
        guard project.has(["pom.xml"]) else {
            return .failed(
                "There is no 'pom.xml' in \(project.words). Write one, or name its directory with 'directory:'.",
                score: 0
            )
        }
        for path in Self.reports(of: project) { try? FileManager.default.removeItem(atPath: path) }
        let words = ["--batch-mode", "--fail-at-end", "-Dstyle.color=never"] + (settings.offline ? ["--offline"] : [])
        let end = try await maven.run(
            words + settings.args + settings.goals,
            in: project.inner,
            environment: ["LC_ALL": "C.UTF-8"],
            timeout: settings.timeout,
            limit: OutputLimit(head: 4 << 20, tail: 4 << 20),
            context
        )
        let gaps = ["could not be resolved", "Could not resolve dependencies", "Could not transfer artifact"]
        return try JVMSession(end: end, project: project, reports: Self.reports(of: project), gaps: gaps).verdict()
    }

    /// https://maven.apache.org/surefire/maven-surefire-plugin: `target/surefire-reports/TEST-*.xml`.
    private static func reports(of project: ManagedProject) -> [String] {
        ReportFile.paths(below: project.inner.path, ending: ".xml").filter { path in
            let parts = path.split(separator: "/")
            let isReport = parts.last?.hasPrefix("TEST-") ?? false
            return isReport && ["surefire-reports", "failsafe-reports"].contains(parts.dropLast().last ?? "")
        }
    }
}
