import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when the tests of a Rust project pass, as `cargo test` runs them.
///
/// The libtest of stable Rust has no report, so its text is read; what a test program announces, what it shows and what
/// it counts at its end must agree.
public struct CargoTestGate: Gate {
    public static let id: ModuleID = "cargo-test"
    public static let summary = "Holds when the project builds with cargo and its tests pass."

    public struct Settings: Fields {
        @Field("Further arguments for cargo test, such as [--workspace, --lib].") var args: [String] = []
        @Field("The cargo to use, by path or name; cargo by default.") var program: String? = nil
        @Field("The directory of the workspace that has the Cargo.toml; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long building and testing may take, each.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// Tests in files of their own and the data beside them, what cargo and rustup are told besides the manifest, and
    /// the statements of the manifest that say what is tested. Tests inside of sources are kept by the comparison with
    /// the start. https://doc.rust-lang.org/cargo/reference/cargo-targets.html
    public static var protection: EditPolicy {
        EditPolicy(
            protect: [
                "**/tests/**", "**/tests.rs", "**/test.rs", "**/*_test.rs", "**/*_tests.rs", "**/*.snap",
                "**/.cargo/**",
                "**/rust-toolchain", "**/rust-toolchain.toml", "**/.config/nextest.toml", "*/**/Cargo.toml",
            ],
            sections: ["test", "harness"].map { ProtectedSection(file: "Cargo.toml", word: $0) }
        )
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        try SettingChecks.refuse(Self.reserved, in: settings.args)
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    /// Options by which the gate hears what happened, or with which nothing runs.
    private static let reserved: Set<String> = [
        "--message-format", "--target-dir", "--color", "--no-run", "-q", "--quiet", "-v", "-vv", "--verbose", "-h",
        "--help", "--nocapture", "--no-capture", "--format", "--list", "--no-fail-fast", "--manifest-path", "-C",
        "--config", "--logfile",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        guard FileManager.default.fileExists(atPath: "\(inner.path)/Cargo.toml") else {
            return .failed(
                "There is no 'Cargo.toml' in \(place.words). Write one, or name its directory with 'directory:'.",
                score: 0
            )
        }
        let cargo = try Runner.cargo(named: settings.program, in: workspace.project)
        let target = ["--target-dir", "\(try context.scratch())/target", "--color=never"]
        let built = try await run(cargo, ["--no-run", "--message-format=json"] + target, .separate, inner, context)
        guard built.status == 0 else {
            return .unbuilt(built) { place.shown($0, in: workspace) }
        }
        let options = ["--no-fail-fast"] + target
        return try await FailingFirst.judge(context) { first throws(Failure) in
            guard let names = names(of: first.cases) else { return nil }
            let end = try await run(cargo, options, .merged, inner, context, tests: ["--", "--exact"] + names)
            return CargoSession(end: end).verdict { place.shown($0, in: workspace) }
        } all: { () throws(Failure) in
            let end = try await run(cargo, options, .merged, inner, context)
            return CargoSession(end: end).verdict { place.shown($0, in: workspace) }
        }
    }

    /// What libtest calls these tests; `nil` when it cannot be told to run them alone: the names of documentation tests hold
    /// lines, which are not kept, and arguments for libtest may choose tests themselves.
    private func names(of cases: [TestCase]) -> [String]? {
        guard !settings.args.contains("--") else { return nil }
        let names = cases.compactMap { test in test.id.firstRange(of: "::").map { String(test.id[$0.upperBound...]) } }
        guard names.count == cases.count, !names.contains(where: { $0.contains(" ") || $0.hasPrefix("-") }) else {
            return nil
        }
        return names
    }

    private func run(
        _ cargo: Runner,
        _ options: [String],
        _ output: Command.Output,
        _ workspace: Workspace,
        _ context: GateContext,
        tests: [String] = []
    ) async throws(Failure) -> RunnerEnd {
        try await cargo.run(
            ["test"] + options + settings.args + tests,
            in: workspace,
            environment: CargoEnvironment.variables,
            timeout: settings.timeout,
            limit: OutputLimit(head: 16 << 20, tail: 16 << 20),
            output: output,
            context
        )
    }
}
