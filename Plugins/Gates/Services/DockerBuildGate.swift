import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when the images of a project build.
public struct DockerBuildGate: Gate {
    public static let id: ModuleID = "docker-build"
    public static let summary = "Holds when the image of a Dockerfile, or those of a compose file, build."

    public struct Settings: Fields {
        @Field(
            "The command, as a list of words or a line, such as 'docker build -f app.Dockerfile .'; found by looking."
        )
        var command: CommandWords? = nil
        @Field("Further arguments for the command that was found by looking, such as [--pull, --target, test].")
        var args: [String] = []
        @Field("The builder, by path or name; the first there is of docker, podman and buildah by default.")
        var program: String? = nil
        @Field("The directory of the workspace that is built; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long building may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        guard settings.command == nil || settings.program == nil && settings.args.isEmpty else {
            throw Failure(.invalidInput, "Field 'command' is the whole command; leave out 'program' and 'args'.")
        }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let project = workspace.project
        let builder: Runner
        let words: [String]
        if let command = settings.command {
            let first = command.words[0]
            let name = first.split(separator: "/").last.map(String.init) ?? first
            let setting = first.contains("/") ? first : nil
            builder = try Runner(name, named: setting, in: project, install: Self.install)
            words = Array(command.words.dropFirst())
        } else {
            builder = try Self.builder(named: settings.program, project)
            guard let found = Self.words(for: builder.name, in: inner.path) else { return missing }
            words = found.words + settings.args + found.context
        }
        let end = try await builder.run(
            words,
            in: inner,
            environment: Self.environment,
            timeout: settings.timeout,
            context
        )
        let line = ([builder.name] + words).joined(separator: " ")
        return try BuiltImage(end: end, line: line, isConfined: workspace.confinement != nil).verdict {
            shown($0, in: inner, of: workspace)
        }
    }

    /// The path of a Dockerfile, of which BuildKit tells the name alone wherever it lies.
    private func shown(_ name: String, in inner: Workspace, of workspace: Workspace) -> String {
        guard !FileManager.default.fileExists(atPath: "\(inner.path)/\(name)") else {
            return place.shown(name, in: workspace)
        }
        let found = ReportFile.paths(below: inner.path, ending: name).filter { $0.hasSuffix("/\(name)") }
        return found.count == 1 ? place.shown(found[0], in: workspace) : place.shown(name, in: workspace)
    }

    private var missing: Verdict {
        let directory = place.directory.isEmpty ? "the workspace" : "'\(place.directory)'"
        return .failed(
            "There is no 'Dockerfile', 'Containerfile' or 'compose.yaml' in \(directory). "
                + "Write one, or name its directory with 'directory:'.",
            score: 0
        )
    }

    private static let install = "https://docs.docker.com/engine/install or apt-get install podman"

    private static func builder(named setting: String?, _ project: String) throws(Failure) -> Runner {
        if let setting {
            let name = setting.split(separator: "/").last.map(String.init) ?? setting
            return try Runner(name, named: setting, in: project, install: install)
        }
        guard let name = ["docker", "podman", "buildah"].first(where: { Programs.find($0) != nil }) else {
            throw Failure(.missing, "None of docker, podman and buildah was found in PATH. Install one: \(install)")
        }
        return try Runner(name, in: project, install: install)
    }

    /// What builds a directory: its compose file, or else its Dockerfile. The names are those of
    /// https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file and
    /// https://docs.podman.io/en/latest/markdown/podman-build.1.html; buildah(1) has no compose.
    static func words(for builder: String, in directory: String) -> (words: [String], context: [String])? {
        let has = { (name: String) in FileManager.default.fileExists(atPath: "\(directory)/\(name)") }
        let composed = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"].contains(where: has)
        if composed, builder != "buildah" { return (["compose", "build"], []) }
        if has("Dockerfile") { return (["build"], ["."]) }
        guard has("Containerfile") else { return nil }
        return (["build", "--file", "Containerfile"], ["."])
    }

    /// Plain progress has a line for each thing; https://docs.docker.com/build/building/variables/.
    private static var environment: [String: String] {
        let plain = ["BUILDKIT_PROGRESS": "plain", "DOCKER_CLI_HINTS": "false", "LC_ALL": "C.UTF-8"]
        let places = Environment.passing(["DOCKER_HOST", "CONTAINER_HOST", "XDG_RUNTIME_DIR"])
        return plain.merging(places) { $1 }
    }
}
