import GateKit
public import PipelineKit
import WorkspaceKit

/// Holds when the manifests and lock files of a project name a package with a version.
public struct DependencyGate: Gate {
    public static let id: ModuleID = "dependency"
    public static let summary = "Holds when the project's manifest, and its lock file, name a package with a version."
    public static let example: JSONValue = ["package": "requests", "version": "2.32.4"]

    public struct Settings: Fields {
        @Field("The package, as the manifest names it, such as requests or github.com/lib/pq.") var package: String
        @Field("The version that is to be named, such as 2.32.4; a v before it is no difference.") var version: String
        @Field("Patterns of the manifests and lock files; those of known package managers when empty.")
        var files: [String] = []
        public init() {}
    }

    private let version: String
    private let package: String
    private let patterns: [GlobPattern]
    private let isListed: Bool

    public init(settings: Settings) throws(Failure) {
        package = settings.package
        version = settings.version.hasPrefix("v") ? String(settings.version.dropFirst()) : settings.version
        for (field, word) in [("package", package), ("version", version)] {
            guard !word.isEmpty, !word.contains(where: \.isWhitespace) else {
                throw Failure(.invalidInput, "Field '\(field)' must be one word, but is '\(word)'.")
            }
        }
        isListed = !settings.files.isEmpty
        let texts = isListed ? settings.files : ManifestFile.known
        patterns = try texts.map { text throws(Failure) in try GlobPattern(text) }
    }

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let paths = ManifestFile.paths(below: workspace.path).filter(patterns.matches)
        guard !paths.isEmpty else {
            let sought = isListed ? "file that 'files' names" : "manifest that is known: name it in 'files'"
            return .failed("There is no \(sought).")
        }
        let files = paths.compactMap { ManifestFile($0, in: workspace.path, naming: package, version) }
        let naming = files.filter { !$0.mentions.isEmpty }
        // What a lock file says is what is installed; a manifest may leave room.
        let locks = naming.filter(\.isLock)
        let holding = naming.filter(\.holds)
        guard !naming.isEmpty else {
            let read = paths.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
            return .failed("No manifest names '\(package)': looked in \(read)\(paths.count > 5 ? " and others" : "").")
        }
        guard let first = (locks.isEmpty ? holding : locks.filter(\.holds)).first, locks.allSatisfy(\.holds) else {
            return missing(locks.isEmpty ? naming : locks.filter { !$0.holds })
        }
        return .passed("'\(first.path)' names '\(package)' with version \(version).")
    }

    private func missing(_ files: [ManifestFile]) -> Verdict {
        let names = files.prefix(5).map { "'\($0.path)'" }.joined(separator: ", ")
        let verb = files.count == 1 ? "names" : "name"
        var verdict = Verdict.failed("\(names) \(verb) '\(package)', but not with version \(version).")
        let places = files.flatMap { file in file.mentions.map { (file.path, $0) } }
        verdict.findings = places.map { path, mention in
            Verdict.Finding(.error, "Not version \(version): \(mention.text)", file: path, line: mention.line)
        }
        verdict.details = places.map { "\($0):\($1.line): \($1.text)" }.joined(separator: "\n").capped(to: 4_000)
        return verdict
    }
}
