import GateKit
public import PipelineKit
import WorkspaceKit

/// Holds when the tree differs from the project's last commit only where it may.
public struct GitCleanGate: Gate {
    public static let id: ModuleID = "git-clean"
    public static let summary = "Holds when nothing differs from the project's last commit but what may."

    /// What is said of files that the last commit does not have.
    enum Untracked: String, Choice {
        case refuse
        case allow
    }

    public struct Settings: Fields {
        @Field("Patterns of files that may be changed, deleted or new; none by default.") var allow: [String] = []
        @Field("Whether there may be new files that 'allow' does not name and git does not ignore.")
        var untracked: Untracked = .refuse
        @Field("How many lines may be added and removed together, in the files that may change too.")
        var maxChangedLines: Int? = nil
        @Field("How many files may be changed, deleted or new.") var maxFiles: Int? = nil
        @Field("How long each look of git may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// What tells git which files are none of its business, and which lines to show.
    public static let protection = EditPolicy(protect: ["**/.gitignore", "**/.gitattributes"])

    private let settings: Settings
    private let allowed: [GlobPattern]

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        for (name, most) in [("max_changed_lines", settings.maxChangedLines), ("max_files", settings.maxFiles)] {
            guard let most, most < 0 else { continue }
            throw Failure(.invalidInput, "Field '\(name)' must be 0 or more, but is \(most).")
        }
        allowed = try settings.allow.map { text throws(Failure) in try GlobPattern(text) }
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let commit = try await LastCommit(of: workspace.project, timeout: settings.timeout)
        let view = try await TreeView(of: workspace.path, commit, scratch: context.scratch(), settings.timeout)
        var tidiness = Tidiness(files: try await view.changes(), commit: commit.shortName)
        tidiness.isAllowed = { file in
            allowed.matches(file.path) || file.kind == .untracked && settings.untracked == .allow
        }
        tidiness.mostLines = settings.maxChangedLines
        tidiness.mostFiles = settings.maxFiles
        return tidiness.verdict
    }
}
