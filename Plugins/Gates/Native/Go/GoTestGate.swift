import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when the tests of a Go module pass, by the events of `go test -json`.
public struct GoTestGate: Gate {
    public static let id: ModuleID = "go-test"
    public static let summary = "Holds when the packages of the Go module build and their tests pass."

    public struct Settings: Fields {
        @Field("Further arguments for go test, such as [-race].") var args: [String] = []
        @Field("The packages to test.") var packages: [String] = ["./..."]
        @Field("The go to use, by path or name; go by default.") var program: String? = nil
        @Field("The directory of the workspace that has the go.mod; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long building and testing may take altogether.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// Test files, the data beside them, and what could leave modules or packages out.
    /// https://pkg.go.dev/cmd/go#hdr-Test_packages
    public static var protection: EditPolicy {
        EditPolicy(protect: ["**/*_test.go", "**/testdata/**", "**/go.work", "*/**/go.mod"])
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        try SettingChecks.refuse(Self.reserved, in: settings.args)
        guard !settings.packages.isEmpty, !settings.packages.contains(where: { $0.hasPrefix("-") }) else {
            throw Failure(.invalidInput, "Field 'packages' must hold packages, such as './...'.")
        }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    /// Options by which the gate hears what happened, or with which nothing runs; `go help testflag`.
    private static let reserved: Set<String> = [
        "-json", "-c", "-n", "-exec", "-list", "-o", "-C", "-toolexec", "-test.list", "-overlay", "-modfile",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let go = try Runner(
            "go",
            named: settings.program,
            in: workspace.project,
            install: "https://go.dev/doc/install or apt-get install golang-go"
        )
        let end = try await go.run(
            ["test", "-json", "-count=1"] + settings.args + settings.packages,
            in: inner,
            environment: Self.environment(try context.scratch()),
            timeout: settings.timeout,
            limit: OutputLimit(head: 64 << 20, tail: 1 << 20),
            output: .separate,
            context
        ) { $0.naming(open: GoEvents(output: $1.output.text, errors: "").open) }
        let root = inner.path
        return GoSession(end: end).verdict { file, package in
            place.shown(GoEvents.path(of: file, in: package, root: root), in: workspace)
        }
    }

    /// What go writes goes to the scratch directory; it reads the modules that the person has.
    private static func environment(_ scratch: String) -> [String: String] {
        Environment.passing(["GOPATH", "GOMODCACHE", "GOROOT"]).merging([
            "GOCACHE": "\(scratch)/cache", "GOTOOLCHAIN": "local", "GOENV": "off",
        ]) { $1 }
    }
}
