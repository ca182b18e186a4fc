import FoundationEssentials
import Glibc
public import PipelineKit

/// Files of a tree that belong to the judge, as they were before it judged.
///
/// The code under test runs in that tree and can write where it likes, also to tests that have not been read yet.
public struct JudgedFiles: Sendable {
    /// What tells that a file is another.
    private enum Mark: Hashable {
        case content(Int)
        /// Of a large one: when it was last written, which nobody but the system sets; `st_ctim`.
        case written(seconds: Int, nanoseconds: Int)
    }

    private let root: String
    private let isJudged: @Sendable (String) -> Bool
    private let marks: [String: Mark]

    /// Bytes of a file that is read.
    private static let small = 1 << 20
    /// Files that are looked at.
    private static let most = 100_000

    /// - Parameter isJudged: Whether a path relative to the workspace belongs to the judge.
    public init(in workspace: Workspace, where isJudged: @escaping @Sendable (String) -> Bool) {
        root = workspace.path
        self.isJudged = isJudged
        marks = Self.marks(root, isJudged)
    }

    /// Paths of those that are not what they were, in their order; files that are new are none of them.
    public var changed: [String] {
        let now = Self.marks(root, isJudged)
        return marks.keys.filter { marks[$0] != now[$0] }.sorted()
    }

    private static func marks(_ root: String, _ isJudged: (String) -> Bool) -> [String: Mark] {
        let paths = ReportFile.paths(below: root, ending: "", most: most).map { String($0.dropFirst(root.count + 1)) }
        return paths.filter(isJudged).reduce(into: [:]) { $0[$1] = mark("\(root)/\($1)") }
    }

    private static func mark(_ path: String) -> Mark? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        guard status.st_size <= small, let bytes = ReportFile.bytes(at: path) else {
            return .written(seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
        }
        return .content(bytes.hashValue)
    }
}
