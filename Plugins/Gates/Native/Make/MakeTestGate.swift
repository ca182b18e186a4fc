import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a target of a Makefile can be made, by the exit status of make.
///
/// make has no report. Where the tests print the Test Anything Protocol, its lines are the cases.
public struct MakeTestGate: Gate {
    public static let id: ModuleID = "make-test"
    public static let summary = "Holds when a target of the Makefile that runs the tests can be made."

    public struct Settings: Fields {
        @Field("The target that runs the tests.") var target: String = "test"
        @Field("Further arguments for make, such as [V=1].") var args: [String] = []
        @Field("The make to use, by path or name; make by default.") var program: String? = nil
        @Field("The directory of the workspace that has the Makefile; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long the tests may take altogether.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// The Makefiles, the tests and the data beside them; a directory that is named like the target would make it up
    /// to date. Names: https://www.gnu.org/software/make/manual/html_node/Makefile-Names.html.
    public static var protection: EditPolicy {
        EditPolicy(protect: [
            "**/GNUmakefile", "**/makefile", "**/Makefile", "**/*.mk", "**/test/**", "**/tests/**", "**/t/**",
            "**/test_*", "**/*_test.*", "./test", "./check",
        ])
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        guard !settings.target.isEmpty, !settings.target.hasPrefix("-"),
            !settings.target.contains(where: \.isWhitespace)
        else { throw Failure(.invalidInput, "Field 'target' must be a target of make, but is '\(settings.target)'.") }
        try SettingChecks.refuse(Self.reserved, in: settings.args)
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    /// Options with which nothing is run, or a failure is passed over; make(1).
    private static let reserved: Set<String> = [
        "-n", "--just-print", "--dry-run", "--recon", "-q", "--question", "-t", "--touch", "-i", "--ignore-errors",
        "-v", "--version", "-h", "--help", "-C", "--directory",
    ]

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let make = try Runner(
            "make",
            named: settings.program,
            in: workspace.project,
            install: "apt-get install make"
        )
        let end = try await make.run(
            settings.args + [settings.target],
            in: inner,
            // The words of make and of compilers are read; a locale would translate them.
            environment: ["LC_ALL": "C.UTF-8"],
            timeout: settings.timeout,
            limit: OutputLimit(head: 8 << 20, tail: 8 << 20),
            context
        )
        let session = MakeSession(end: end, target: settings.target)
        return session.verdict { place.shown($0, in: workspace) }
    }
}
