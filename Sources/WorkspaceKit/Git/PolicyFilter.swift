import PipelineKit

/// Says which changes of the work count.
struct PolicyFilter: Sendable {
    private let editable: [GlobPattern]?
    private let protected: [GlobPattern]

    /// - Throws: ``Failure/Kind/invalidInput`` quoting the pattern that is none.
    init(_ policy: EditPolicy) throws(Failure) {
        editable = try policy.editable?.map { text throws(Failure) in try GlobPattern(text) }
        protected = try policy.protect.map { text throws(Failure) in try GlobPattern(text) }
    }

    func allows(_ change: RawChange) -> Bool {
        let path = change.name
        return editable?.matches(path) != false && !protected.matches(path)
    }

    /// The refused changes, with those that cannot stand beside what is kept for them.
    ///
    /// A file that was put where a protected directory was cannot stay when the directory comes back; nor can files in
    /// a directory that was put where a protected file was.
    static func withObstacles(_ refused: [RawChange], among changes: [RawChange]) -> [RawChange] {
        let kept = refused.filter(\.old.exists)
        guard !kept.isEmpty else { return refused }
        let files = Set(kept.map(\.path))
        let directories = Set(kept.flatMap { parents(of: $0.path) })
        let out = Set(refused.map(\.path))
        return changes.filter { change in
            guard !out.contains(change.path) else { return true }
            guard change.new.exists else { return false }
            return directories.contains(change.path) || parents(of: change.path).contains { files.contains($0) }
        }
    }

    /// The directories a path goes through: `a` and `a/b` of `a/b/c`.
    private static func parents(of path: [UInt8]) -> [[UInt8]] {
        path.indices.filter { path[$0] == UInt8(ascii: "/") }.map { Array(path[..<$0]) }
    }
}
