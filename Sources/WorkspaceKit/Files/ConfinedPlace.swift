import CLinux
import Glibc
public import PipelineKit

/// A regular file beneath a root, in a directory that is held open: nobody can put another directory in its place.
///
/// For libraries that open files by path and have others beside them, as SQLite does.
public struct ConfinedPlace: Sendable {
    private let place: Place

    init(_ place: Place) { self.place = place }

    /// A path of the directory that holds as long as this value lives; proc(5), `/proc/pid/fd`.
    public var directory: String { "/proc/self/fd/\(place.directory.raw)" }

    /// The file's name, which is no symbolic link as long as nobody makes it one: to be opened with O_NOFOLLOW.
    public var name: String { place.name }

    /// Whether the directory holds a file by this name that has something in it.
    public func hasContent(beside ending: String) -> Bool {
        guard let status = try? place.directory.status(of: place.name + ending) else { return false }
        return status.isRegular && status.st_size > 0
    }
}

extension ConfinedDirectory {
    /// Where a regular file really is; a symbolic link that stays beneath the root stands for its target.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/denied`` when the path leaves the root or leads into a `.git`,
    ///   ``PipelineKit/Failure/Kind/invalidInput`` when there is no such file.
    public func place(of text: String) throws(Failure) -> ConfinedPlace {
        let path = try WorkspacePath(text)
        do throws(FileFault) {
            let place = try place(of: path, following: true)
            guard let status = try place.status() else { throw .system(ENOENT) }
            guard status.isRegular else { throw .kind(status.kind) }
            return ConfinedPlace(place)
        } catch {
            throw failure(error, path, "read")
        }
    }

    /// A path as it is from the root, its `.` and `..` folded; whether anything is there is not looked at.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/denied`` when the path leaves the root.
    public static func folded(_ text: String) throws(Failure) -> String { try WorkspacePath(text).joined }
}
