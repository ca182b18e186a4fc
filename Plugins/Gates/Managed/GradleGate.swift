import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a project of Gradle builds and its tests pass, by the JUnit reports of its test tasks.
///
/// A script of the gate has every test task write its report to the scratch directory, whatever the build says.
public struct GradleGate: Gate {
    public static let id: ModuleID = "gradle"
    public static let summary = "Holds when the Gradle project builds and its tests pass."

    public struct Settings: Fields {
        @Field("The tasks to run; check runs other verifications too.") var tasks: [String] = ["test"]
        @Field("Further arguments for gradle, such as [-Pci].") var args: [String] = []
        @Field("Whether nothing is fetched: what was fetched before has to do.") var offline: Bool = false
        @Field("The gradle to use, by path or name; gradle by default, and never the project's own gradlew.")
        var program: String? = nil
        @Field("The directory of the workspace that has the build file; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long building and testing may take together.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// Tests by the layout of the JVM plugins, and what Gradle reads besides the build file of the top.
    public static var protection: EditPolicy {
        let files = ["build.gradle", "build.gradle.kts"]
        return EditPolicy(
            protect: [
                "**/src/test/**", "**/src/*Test/**", "**/*Test.*", "**/*Tests.*", "**/*Spec.*", "**/gradle.properties",
                "**/buildSrc/**", "**/gradle/**", "**/init.gradle", "*/**/build.gradle", "*/**/build.gradle.kts",
            ],
            sections: files.flatMap { file in
                ["test", "Test", "exclude", "filter"].map { ProtectedSection(file: file, word: $0) }
            }
        )
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        try SettingChecks.refuse(Self.reserved, in: settings.args)
        guard !settings.tasks.isEmpty, settings.tasks.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") }) else {
            throw Failure(.invalidInput, "Field 'tasks' must hold tasks of Gradle, such as 'test'.")
        }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    /// Options with which no test runs, or the gate does not hear of it.
    private static let reserved: Set<String> = [
        "-x", "--exclude-task", "-m", "--dry-run", "-q", "--quiet", "-I", "--init-script", "-p", "--project-dir", "-g",
        "--gradle-user-home", "--project-cache-dir", "-h", "--help", "-v", "--version", "--configuration-cache",
        "--daemon", "--console",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let gradle = try Runner(
            "gradle",
            named: settings.program,
            in: workspace.project,
            install: "https://gradle.org/install"
        )
        let scratch = try context.scratch()
        let project = try await ManagedProject(workspace, place, scratch: scratch)
        let names = ["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"]
        guard project.has(names) else {
            return .failed(
                "There is no 'build.gradle' or 'build.gradle.kts' in \(project.words). "
                    + "Write one, or name its directory with 'directory:'.",
                score: 0
            )
        }
        let reports = "\(scratch)/reports"
        let script = "\(scratch)/reports.gradle"
        try Self.write(Self.script, to: script)
        let end = try await gradle.run(
            words(script: script, scratch: scratch),
            in: project.inner,
            environment: Self.environment(reports: reports),
            timeout: settings.timeout,
            limit: OutputLimit(head: 4 << 20, tail: 4 << 20),
            context
        )
        let found = ReportFile.paths(below: reports, ending: ".xml")
        let gaps = ["Could not resolve ", "No cached version of ", "Could not download "]
        return try JVMSession(end: end, project: project, reports: found, gaps: gaps).verdict()
    }

    /// https://docs.gradle.org/current/userguide/command_line_interface.html
    private func words(script: String, scratch: String) -> [String] {
        let places = [
            "--init-script", script, "--gradle-user-home", "\(scratch)/gradle", "--project-cache-dir",
            "\(scratch)/gradle-project",
        ]
        let manner = ["--no-daemon", "--no-build-cache", "--console=plain", "--continue"]
        return places + manner + (settings.offline ? ["--offline"] : []) + settings.args + settings.tasks
    }

    /// What the person has fetched is read where it lies, as nothing may be written there;
    /// https://docs.gradle.org/current/userguide/dependency_caching.html, "Shared read-only dependency cache".
    private static func environment(reports: String) -> [String: String] {
        let cache = "\(Environment.minimal["HOME"] ?? "")/.gradle/caches"
        let hasCache = FileManager.default.fileExists(atPath: "\(cache)/modules-2")
        let own = ["SLUICE_REPORTS": reports, "LC_ALL": "C.UTF-8"]
        return hasCache ? own.merging(["GRADLE_RO_DEP_CACHE": cache]) { $1 } : own
    }

    /// A directory for each test task; since Gradle 6.1
    /// (https://docs.gradle.org/current/dsl/org.gradle.api.tasks.testing.Test.html).
    static let script = """
        allprojects {
            afterEvaluate {
                tasks.withType(Test).configureEach { task ->
                    def name = task.path.replace(':', '_')
                    task.reports.junitXml.required.set(true)
                    task.reports.junitXml.outputLocation.set(new File(System.getenv('SLUICE_REPORTS'), name))
                    task.ignoreFailures = false
                    task.outputs.upToDateWhen { false }
                }
            }
        }

        """

    private static func write(_ text: String, to path: String) throws(Failure) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw Failure(.unavailable, "The script for Gradle could not be written: \(error.systemWords).")
        }
    }
}
