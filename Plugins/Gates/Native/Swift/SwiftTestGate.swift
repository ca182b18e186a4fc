import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a Swift package builds and its tests pass, those of Swift Testing and those of XCTest.
///
/// Swift Testing writes a report; of XCTest `swift test` writes one only when it runs tests in parallel, so the text that
/// XCTest prints is read.
public struct SwiftTestGate: Gate {
    public static let id: ModuleID = "swift-test"
    public static let summary = "Holds when the Swift package builds and its tests pass."

    public struct Settings: Fields {
        @Field("Further arguments for swift test, such as [--filter, Parser].") var args: [String] = []
        @Field("The swift to use, by path or name; swift by default.") var program: String? = nil
        @Field("The directory of the workspace that has the Package.swift; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long building and testing may take, each.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// The tests with their data, SwiftPM's own settings, and what the manifest says of tests.
    public static var protection: EditPolicy {
        EditPolicy(
            protect: ["**/Tests/**", "**/*Tests.swift", "**/.swiftpm/**", "**/.swift-version", "*/**/Package.swift"]
                + ["Package@swift-*.swift"],
            sections: [ProtectedSection(file: "Package.swift", word: "test")]
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
        "--xunit-output", "--scratch-path", "--build-path", "--package-path", "--skip-build", "--parallel", "list",
        "--list-tests", "--event-stream-output-path", "--cache-path", "--help", "--version", "-h", "--quiet", "-q",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        guard FileManager.default.fileExists(atPath: "\(inner.path)/Package.swift") else {
            return .failed(
                "There is no 'Package.swift' in \(place.words). Write one, or name its directory with 'directory:'.",
                score: 0
            )
        }
        let swift = try Runner(
            "swift",
            named: settings.program,
            in: workspace.project,
            install: "https://www.swift.org/install"
        )
        let scratch = try context.scratch()
        let built = try await run(swift, ["build", "--build-tests"], scratch, inner, context)
        guard built.status == 0 else {
            let errors = CompilerOutput.errors(in: built.output) { place.shown($0, in: workspace) }
            return .broken(errors.isEmpty ? Self.complaints(built.output) : errors, end: built)
        }
        return try await FailingFirst.judge(context) { first throws(Failure) in
            guard let filter = filter(for: first.cases) else { return nil }
            return try await test(swift, ["--filter", filter], "\(scratch)/first", scratch, workspace, context)
        } all: { () throws(Failure) in
            try await test(swift, [], "\(scratch)/report", scratch, workspace, context)
        }
    }

    /// - Parameter report: Absolute path of the report, without its ending.
    private func test(
        _ swift: Runner,
        _ only: [String],
        _ report: String,
        _ scratch: String,
        _ workspace: Workspace,
        _ context: GateContext
    ) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let arguments = ["--skip-build", "--xunit-output", "\(report).xml"] + only + settings.args
        let end = try await run(swift, ["test"] + arguments, scratch, inner, context)
        let bytes = ReportFile.bytes(at: "\(report)-swift-testing.xml")
        let session = SwiftSession(end: end, report: bytes, sources: "\(inner.path)/Tests")
        return session.verdict { place.shown($0, in: workspace) }
    }

    /// The expression that names these tests alone, whichever library they are of: `CalcTests.Sums/adds()/Sums.swift:3:2` in
    /// Swift Testing, `CalcTests.Sums/testAdd` in XCTest, which leaves the first part out where it reports.
    ///
    /// `nil` when the arguments choose tests, or when two tests have one name.
    private func filter(for cases: [TestCase]) -> String? {
        guard !settings.args.contains(where: { $0.hasPrefix("--filter") }) else { return nil }
        let names = cases.compactMap { test -> String? in
            guard let range = test.id.firstRange(of: "::"), !test.id.contains(" (") else { return nil }
            let parts = [test.id[..<range.lowerBound], test.id[range.upperBound...]].map { part in
                part.reduce(into: "") {
                    $0 += $1 == "." ? "[./]" : "\\^$*+?()[]{}|/".contains($1) ? "\\\($1)" : "\($1)"
                }
            }
            return parts.joined(separator: "[./]")
        }
        return names.count == cases.count ? "^([^/]*[.])?(\(names.joined(separator: "|")))(/|$)" : nil
    }

    private func run(
        _ swift: Runner,
        _ arguments: [String],
        _ scratch: String,
        _ workspace: Workspace,
        _ context: GateContext
    ) async throws(Failure) -> RunnerEnd {
        // SwiftPM has a sandbox of its own for manifests, which cannot be made inside of another one.
        let places = [
            "--disable-sandbox", "--scratch-path", "\(scratch)/build", "--cache-path", "\(scratch)/cache",
            "--config-path", "\(scratch)/config", "--security-path", "\(scratch)/security",
        ]
        return try await swift.run(
            [arguments[0]] + places + arguments.dropFirst(),
            in: workspace,
            // After a trap its reporter of backtraces may live on for minutes.
            environment: ["SWIFT_BACKTRACE": "enable=no"],
            timeout: settings.timeout,
            limit: OutputLimit(head: 16 << 20, tail: 16 << 20),
            context
        )
    }

    /// What SwiftPM itself cannot do: `error: 'calc': invalid manifest`.
    private static func complaints(_ output: String) -> [Verdict.Finding] {
        output.split(separator: "\n").filter { $0.hasPrefix("error: ") && $0 != "error: fatalError" }.map {
            Verdict.Finding(.error, String($0.dropFirst("error: ".count)))
        }
    }
}
