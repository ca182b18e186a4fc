import Glibc
import PipelineKit

/// Finds out which files of a directory have changed since it was last asked.
///
/// Links are not followed, and what everybody keeps out of version control is passed over.
struct FileWatch: Sendable {
    struct Change: Sendable, Hashable {
        /// LSP 3.17, FileChangeType.
        enum Kind: Int, Sendable {
            case created = 1
            case changed = 2
            case deleted = 3
        }

        let path: String
        let kind: Kind
    }

    /// What tells a file from what it was before.
    fileprivate struct Stamp: Hashable {
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
        let number: UInt64
    }

    private let root: String
    private var stamps: [String: Stamp] = [:]

    init(_ root: String) {
        self.root = root
        stamps = Self.stamps(in: root)
    }

    /// In the order of their paths.
    mutating func changes() -> [Change] {
        let (before, after) = (stamps, Self.stamps(in: root))
        stamps = after
        var changes = before.keys.filter { after[$0] == nil }.map { Change(path: $0, kind: .deleted) }
        for (path, stamp) in after where before[path] != stamp {
            changes.append(Change(path: path, kind: before[path] == nil ? .created : .changed))
        }
        return changes.sorted { $0.path < $1.path }
    }

    private static func stamps(in root: String) -> [String: Stamp] {
        var found: [String: Stamp] = [:]
        var waiting = [""]
        while let directory = waiting.popLast(), found.count < most {
            for name in names(in: "\(root)/\(directory)") {
                let path = directory + name
                var status = stat()
                guard lstat("\(root)/\(path)", &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFREG: found[path] = Stamp(status)
                case S_IFDIR where !passedOver.contains(name): waiting.append(path + "/")
                default: continue
                }
            }
        }
        return found
    }

    private static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static let passedOver: Set = [".git", ".venv", "__pycache__", "node_modules", ".build", ".tox", ".cache"]
    /// Files that are watched; in a larger workspace others may change unnoticed.
    private static let most = 50_000
}

extension FileWatch.Stamp {
    fileprivate init(_ status: stat) {
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
        number = UInt64(status.st_ino)
    }
}
