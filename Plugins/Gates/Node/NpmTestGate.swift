import FoundationEssentials
import GateKit
public import PipelineKit

/// Holds when a script of package.json that runs the tests exits with 0.
///
/// A script has no report; where it prints the summary of a runner that is known, the summary must say the same. A gate
/// of the runner itself (`node-test`, `vitest`) knows each test by name.
public struct NpmTestGate: Gate {
    public static let id: ModuleID = "npm-test"
    public static let summary = "Holds when the script of package.json that runs the tests exits with 0."

    /// Besides the tests the scripts, and what the runners read that they start.
    public static var protection: EditPolicy {
        NodeProtection.policy(
            configuration: [
                "./package.json", "**/*.config.*", "**/.mocharc*", "**/jest.setup.*", "**/setupTests.*", "**/.babelrc*",
            ]
        )
    }

    public struct Settings: Fields {
        @Field("The script that runs the tests.") var script: String = "test"
        @Field("Arguments for the script.") var args: [String] = []
        @Field("The npm to use, by path or name; npm by default.") var program: String? = nil
        @Field("The directory of the workspace that has the package.json; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long the tests may take altogether.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        guard !settings.script.isEmpty, !settings.script.hasPrefix("-") else {
            throw Failure(
                .invalidInput,
                "Field 'script' must be a script of package.json, but is '\(settings.script)'."
            )
        }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let bytes = ReportFile.bytes(at: "\(inner.path)/package.json") ?? []
        let package = (try? JSONValue(parsing: bytes)) ?? .null
        guard let line = package["scripts"]?[settings.script]?.text else {
            return .failed("No test ran: there is no package.json with the script '\(settings.script)'.", score: 0)
        }
        guard !line.contains("Error: no test specified") else {
            return .failed("No test ran: the script '\(settings.script)' is the one that npm init writes.", score: 0)
        }
        let npm = try Runner("npm", named: settings.program, in: inner.project, install: "apt-get install npm")
        let scratch = try context.scratch()
        let tools = try ProjectModules(inner)
        defer { tools.remove() }
        let end = try await npm.run(
            ["run", settings.script] + (settings.args.isEmpty ? [] : ["--"] + settings.args),
            in: inner,
            environment: [
                "CI": "true", "NO_COLOR": "1", "npm_config_cache": "\(scratch)/npm",
                "npm_config_update_notifier": "false",
                "npm_config_logs_max": "0", "npm_config_audit": "false", "npm_config_fund": "false",
            ],
            timeout: settings.timeout,
            context
        )
        return NpmSession(end: end, script: settings.script).verdict
    }
}
