import FoundationEssentials
import GateKit
import Glibc
import PipelineKit

/// The files of a copied tree, and the copy of them that is never run in.
///
/// Code that is tested may write to both, and this process may write where that code may not. So nothing is read or written
/// through a link, wherever it leads; nobody is left to put one there meanwhile, as a command ends with all it started.
struct OriginalFiles: Sendable {
    /// Absolute path of the directory that both trees are in.
    private let scratch: String
    /// By path relative to the tree.
    private var stamps: [String: FileStamp] = [:]
    private var lastSecond: Int
    private let clock: Clock

    /// The whole seconds of the time, as files get it.
    typealias Clock = @Sendable () -> Int

    /// The trees in the scratch directory: one that nothing runs in, and one whose files are changed and brought back.
    private static let kept = "original/tree"
    private static let tree = "tree"

    /// Copies a workspace twice.
    static func copy(
        of workspace: Workspace,
        in scratch: String,
        clock: @escaping Clock = systemSecond
    ) async throws(Failure) -> (OriginalFiles, Workspace) {
        let kept = try await ScratchTree.copy(of: workspace, in: "\(scratch)/original")
        let tree = try await ScratchTree.copy(of: kept, in: scratch)
        return (OriginalFiles(in: scratch, clock), tree)
    }

    private init(in scratch: String, _ clock: @escaping Clock) {
        self.scratch = scratch
        self.clock = clock
        lastSecond = clock()
        let root = "\(scratch)/\(Self.kept)"
        for path in ReportFile.paths(below: root, ending: "", most: 500_000) {
            let file = String(path.dropFirst(root.count + 1))
            stamps[file] = FileStamp(of: "\(scratch)/\(Self.tree)/\(file)")
        }
    }

    /// Writes a file of the tree anew.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/unavailable`` with what the system says, ``PipelineKit/Failure/Kind/invalidInput``
    ///   when something else stands where it was.
    mutating func write(_ bytes: [UInt8], to file: String) throws(Failure) {
        try require("\(Self.tree)/\(file)", isFile: true)
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(scratch)/\(Self.tree)/\(file)"))
        } catch {
            throw Failure(.unavailable, "'\(file)' could not be written: \(error.systemWords).")
        }
        setTime(of: file)
    }

    /// Makes every file of the tree what it was, byte for byte; what is new, such as objects of a compiler, stays.
    ///
    /// - Throws: as ``write(_:to:)``.
    mutating func restore() throws(Failure) {
        for (file, stamp) in stamps where FileStamp(of: "\(scratch)/\(Self.tree)/\(file)") != stamp {
            try require("\(Self.kept)/\(file)", isFile: true)
            try require("\(Self.tree)/\(file)", isFile: false)
            try ScratchTree.copyFile("\(scratch)/\(Self.kept)/\(file)", to: "\(scratch)/\(Self.tree)/\(file)")
            setTime(of: file)
            stamps[file] = FileStamp(of: "\(scratch)/\(Self.tree)/\(file)")
        }
    }

    /// Whether all on the way to a path are directories, and what is there, if anything is, is a regular file.
    private func require(_ path: String, isFile: Bool) throws(Failure) {
        var place = scratch
        let names = path.split(separator: "/")
        for (index, name) in names.enumerated() {
            place += "/\(name)"
            var status = stat()
            guard lstat(place, &status) == 0 else { return }
            let isLast = index == names.count - 1
            if isLast, !isFile { return }
            guard status.st_mode & S_IFMT == (isLast ? S_IFREG : S_IFDIR) else {
                let shown = place.dropFirst(scratch.count + 1)
                throw Failure(
                    .invalidInput,
                    "The tests have put something else in the place of '\(shown)' in the copy they run in, which cannot be "
                        + "undone; have them leave the directories of the project as they are."
                )
            }
        }
    }

    /// Gives a file a time of its own, later than that of all there is.
    ///
    /// What builds, as make does, takes an object for that of its source when it is no older, and one may have been built
    /// in this very second. Python takes a compiled file for that of its source by whole seconds and the size of the
    /// source, so two changes within one second would be one to it.
    private mutating func setTime(of file: String) {
        lastSecond = max(clock(), lastSecond) + 1
        let later = timespec(tv_sec: lastSecond, tv_nsec: 0)
        _ = utimensat(AT_FDCWD, "\(scratch)/\(Self.tree)/\(file)", [later, later], AT_SYMLINK_NOFOLLOW)
    }

    /// Of the clock that is read, not of the one that `time` reads, which is behind it by a tick at most.
    @Sendable static func systemSecond() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec
    }
}
