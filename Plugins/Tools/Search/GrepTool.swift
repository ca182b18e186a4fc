public import PipelineKit
import WorkspaceKit

/// Finds lines in the files of the workspace.
public struct GrepTool: Tool {
    public static let id: ModuleID = "grep_search"
    public static let summary = "Finds lines in the workspace's files that hold a text or match a regular expression."
    public static let example: JSONValue = ["pattern": "TODO"]
    public static let reach: Set<Reach> = [.reads]

    public struct Arguments: Fields {
        @Field("The text to find, or the regular expression.") var pattern: String
        @Field("Whether the pattern is a regular expression.") var isRegex: Bool = false
        @Field("Whether upper and lower case are the same.") var caseInsensitive: Bool = true
        @Field("Only files that match, such as *.py or src/**.") var includeGlob: String? = nil
        public init() {}
    }

    private let usesPrograms: Bool
    private let mostNames: Int

    public init(settings: NoFields) throws(Failure) { self.init(usesPrograms: true) }

    /// For tests of the search that needs no ripgrep, and of more files than are looked at.
    init(usesPrograms: Bool, mostNames: Int = SearchLimits.names) {
        self.usesPrograms = usesPrograms
        self.mostNames = mostNames
    }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let pattern = arguments.pattern
        guard !pattern.isEmpty else { throw Failure(.invalidInput, "The pattern is empty; every line would match.") }
        guard !pattern.utf8.contains(0), !pattern.utf8.contains(UInt8(ascii: "\n")) else {
            throw Failure(.invalidInput, "The pattern holds a line break or NUL; lines are searched one by one.")
        }
        let glob = try arguments.includeGlob.map { text throws(Failure) in try GlobPattern(text) }
        let query = SearchQuery(pattern: pattern, isRegex: arguments.isRegex, ignoresCase: arguments.caseInsensitive)
        let (hits, isComplete) = try await search(query, glob, context.workspace)
        guard !hits.isEmpty else {
            let end = isComplete ? "." : " in the files that were searched; there are more."
            return ToolOutput("No line matches '\(pattern)'\(end)")
        }
        let list = ShownList(hits, most: SearchLimits.hits, noun: "hits", isComplete: isComplete, \.shown)
        return ToolOutput(list.text)
    }

    private func search(
        _ query: SearchQuery,
        _ glob: GlobPattern?,
        _ workspace: Workspace
    ) async throws(Failure) -> (hits: [SearchHit], isComplete: Bool) {
        guard usesPrograms, let ripgrep = Ripgrep(in: workspace) else {
            let walk = try FileWalk(workspace)
            return (try walk.hits(query, in: walk.paths().filter { glob?.matches($0) ?? true }), true)
        }
        guard let glob else { return try await ripgrep.hits(query, in: nil) }
        let (paths, areAll) = try await ripgrep.files(most: mostNames)
        var found: (hits: [SearchHit], isComplete: Bool) = ([], true)
        for part in Self.parts(paths.filter(glob.matches)) where found.isComplete {
            let next = try await ripgrep.hits(query, in: part)
            found = (found.hits + next.hits, next.isComplete)
        }
        return (found.hits, found.isComplete && areAll)
    }

    /// The paths in groups that fit on a command line; execve(2) takes 2 MB, and a path has 4 kB at most.
    private static func parts(_ paths: [String]) -> [[String]] {
        stride(from: 0, to: paths.count, by: 400).map { Array(paths[$0..<min($0 + 400, paths.count)]) }
    }
}
