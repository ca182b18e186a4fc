import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a CMake project configures, builds and passes its tests, as ctest runs them.
///
/// Everything is built anew in the scratch directory, so that nothing that was built before, in the workspace or by the
/// work, is judged.
public struct CTestGate: Gate {
    public static let id: ModuleID = "ctest"
    public static let summary =
        "Holds when the project configures and builds with CMake and its tests pass under ctest."

    public struct Settings: Fields {
        @Field("Arguments for ctest, such as [-L, unit].") var args: [String] = []
        @Field("Arguments for cmake when it configures, such as [-DBUILD_TESTING=ON].") var cmakeArgs: [String] = []
        @Field("What CMAKE_BUILD_TYPE is set to.") var buildType: String = "Debug"
        @Field("How many files are compiled at the same time.") var jobs: Int = 2
        @Field("The directory of the workspace that has the CMakeLists.txt; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long configuring, building and testing may take, each.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        try SettingChecks.refuse(Self.reserved, in: settings.args)
        try SettingChecks.refuse(["-B", "-S", "--build", "-C", "-P", "-E"], in: settings.cmakeArgs, of: "cmake_args")
        guard (1...256).contains(settings.jobs) else {
            throw Failure(.invalidInput, "Field 'jobs' must be from 1 to 256, but is \(settings.jobs).")
        }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    /// Options by which the gate hears what happened, or that run nothing; ctest(1).
    private static let reserved: Set<String> = [
        "--test-dir", "--output-junit", "--no-tests", "-N", "--show-only", "--print-labels", "--build-and-test", "-S",
        "-SP", "--script", "-D", "--dashboard", "-M", "-T", "--repeat", "--rerun-failed", "-F",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        guard FileManager.default.fileExists(atPath: "\(inner.path)/CMakeLists.txt") else {
            return .failed(
                "There is no 'CMakeLists.txt' in \(place.words). Write one, or name its directory with 'directory:'.",
                score: 0
            )
        }
        let programs = try CTestPrograms(project: workspace.project)
        let run = CTestRun(programs, inner, try context.scratch(), settings.timeout, context)
        if let broken = try await build(run, workspace) { return broken }
        return try await FailingFirst.judge(context) { first throws(Failure) in
            try await test(run, workspace, ["--tests-regex", Self.pattern(for: first.cases)], report: run.firstReport)
        } all: { () throws(Failure) in
            try await test(run, workspace, report: run.report)
        }
    }

    /// The expression that names these tests and no others, in the syntax of CMake:
    /// https://cmake.org/cmake/help/latest/command/string.html#regex-specification.
    static func pattern(for cases: [TestCase]) -> String {
        let names = cases.map { test in
            test.id.reduce(into: "") { $0 += #"\.[]^$*+?()|"#.contains($1) ? "\\\($1)" : "\($1)" }
        }
        return "^(\(names.joined(separator: "|")))$"
    }

    /// The verdict on a project that cannot be built.
    private func build(_ run: CTestRun, _ workspace: Workspace) async throws(Failure) -> Verdict? {
        let configured = try await run.cmake(
            ["-S", run.workspace.path, "-B", run.build, "-DCMAKE_BUILD_TYPE=\(settings.buildType)"] + settings.cmakeArgs
        )
        guard configured.status == 0 else {
            let errors = CMakeOutput.errors(in: configured.output) { place.shown($0, in: workspace) }
            return .broken(errors, verb: "configure", end: configured)
        }
        let built = try await run.cmake(
            ["--build", run.build, "--config", settings.buildType, "--parallel", "\(settings.jobs)"]
        )
        guard built.status != 0 else { return nil }
        let errors = CompilerOutput.errors(in: built.output) { place.shown($0, in: workspace) }
        return .broken(errors, end: built)
    }

    private func test(
        _ run: CTestRun,
        _ workspace: Workspace,
        _ only: [String] = [],
        report: String
    ) async throws(Failure) -> Verdict {
        let arguments = ["--test-dir", run.build, "-C", settings.buildType] + settings.args + only
        let listed = try await run.ctest(arguments + ["--show-only=json-v1"], output: .separate)
        let list = CTestList(json: listed.output)
        let end = try await run.ctest(
            arguments + ["--output-junit", report, "--no-tests=error", "--output-on-failure"]
        )
        switch end.report(at: report, { bytes throws(Failure) in try JUnitReport(xml: bytes) }) {
        case .unreadable(let verdict): return verdict
        case .report(let report):
            let session = CTestSession(end: end, report: report, list: list)
            return session.verdict { place.shown($0, in: workspace) }
        }
    }
}

extension ProjectPlace {
    /// `the workspace`, `'app'`.
    var words: String { directory.isEmpty ? "the workspace" : "'\(directory)'" }
}
