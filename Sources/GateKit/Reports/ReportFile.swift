import FoundationEssentials
import Glibc

/// A file that a runner wrote, or the code under test in its place.
public enum ReportFile {
    /// Bytes that are read of a report, at most.
    public static let limit = 64 << 20

    /// The bytes of a regular file; `nil` when it is none, or too large. A pipe there would hold up the reader, and a
    /// link would show what it leads to.
    public static func bytes(at path: String) -> [UInt8]? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit,
            let data = FileManager.default.contents(atPath: path)
        else { return nil }
        return Array(data)
    }

    /// The paths of the regular files below a directory whose names end so, in their order; links are not followed.
    ///
    /// - Parameter most: How many are looked at; what lies deeper than 16 directories is not found.
    public static func paths(below directory: String, ending suffix: String, most: Int = 10_000) -> [String] {
        var found: [String] = []
        collect(directory, suffix, most, depth: 0, &found)
        return found
    }

    private static func collect(_ directory: String, _ suffix: String, _ most: Int, depth: Int, _ found: inout [String])
    {
        guard depth < 16, let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return }
        for name in names.sorted() where found.count < most {
            let path = "\(directory)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: collect(path, suffix, most, depth: depth + 1, &found)
            case S_IFREG where name.hasSuffix(suffix): found.append(path)
            default: break
            }
        }
    }
}
