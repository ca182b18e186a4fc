import CLinux
import Glibc
import PipelineKit
import Synchronization

/// Copies a directory with all there is in it, name by name: no link is followed, and none leads out of the copy.
///
/// Kept are bytes (holes as holes), symbolic links, permissions, times and empty directories. Sockets, FIFOs and devices
/// are passed over. What git keeps is left as it is where it says the same in the copy; the rest is noted, for
/// ``GitCopy``.
struct TreeCopy {
    /// Absolute paths.
    let source: String
    let target: String
    /// What is never copied: the directory in which the copies are.
    private let leftOut: FileIdentity?
    private let isCancelled: () -> Bool
    /// Of the directory that is copied, from the top; empty or with a `/` at its end.
    private var path: [UInt8] = []
    private(set) var notes = GitNotes()

    init(_ source: String, to target: String, leavingOut state: String, isCancelled: @escaping () -> Bool) {
        self.source = source
        self.target = target
        self.isCancelled = isCancelled
        leftOut = FileIdentity(of: state)
    }

    /// Copies on a thread of its own, as it may take long and waits for the disk.
    ///
    /// - Parameter place: What the directory is to git.
    /// - Throws: what could not be copied, by its path; the copy is incomplete then.
    static func make(
        _ source: String,
        to target: String,
        leavingOut state: String,
        of place: GitPlace = .ordinary
    ) async throws(Failure) -> GitNotes {
        let stop = Flag()
        return try await BlockingThread.run { () throws(Failure) in
            var copy = TreeCopy(source, to: target, leavingOut: state) { stop.isRaised }
            try copy.run(place)
            return copy.notes
        } onCancel: {
            stop.raise()
        }
    }

    private mutating func run(_ place: GitPlace) throws(Failure) {
        try Disk.makeDirectory(target)
        do throws(FileFault) {
            let from = try Self.directory(at: source)
            let to = try Self.directory(at: target)
            try copyChildren(of: from, to: to, kind: place)
            try finish(to, like: from.status())
            // What follows is a note that the copy is complete.
            let result = sluice_sync_files(to.raw)
            guard result == 0 else { throw .system(-result) }
        } catch {
            let name = path.isEmpty ? source : String(decoding: path, as: UTF8.self)
            if isCancelled() { throw Failure(.cancelled, "The copy of '\(source)' was cancelled.") }
            throw error == .ofGit ? Self.leadsOut(name) : Failure(error, name, "copied")
        }
    }

    private static func leadsOut(_ link: String) -> Failure {
        Failure(
            .invalidInput,
            "'\(link.shown)' is a symbolic link that leads out of the project, and git would write through it from a "
                + "copy. Use 'isolation: worktree'."
        )
    }

    private static func directory(at path: String) throws(FileFault) -> Descriptor {
        let result = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return try Descriptor(result < 0 ? -errno : result)
    }
}

extension TreeCopy {
    private mutating func copyChildren(of from: Descriptor, to: Descriptor, kind: GitPlace) throws(FileFault) {
        let length = path.count
        let isRoot = kind == .git && GitPlace.isRoot(from)
        if isRoot { notes.directories.append(path) }
        for child in try from.children() {
            guard !isCancelled() else { throw .system(ECANCELED) }
            let name = child.bytes.dropLast().map(UInt8.init(bitPattern:))
            path += name
            let inside = kind.below(name, isRoot: isRoot)
            // As many as there are at once; those that git was about to write are not finished.
            if kind != .ordinary, name.ends(with: ".lock") {
                notes.passedOver += 1
            } else {
                try copy(child.bytes, from, to, inside)
            }
            path.removeSubrange(length...)
        }
    }

    private mutating func copy(
        _ name: [CChar],
        _ from: Descriptor,
        _ to: Descriptor,
        _ kind: GitPlace
    ) throws(FileFault) {
        // Gone while it was copied, then.
        guard let status = try from.status(of: name) else { return }
        if kind == .git, !status.isDirectory, name == GitPlace.dotGit {
            return notes.pointers.append(Array(path.dropLast(4)))
        }
        switch status.kind {
        case .directory: try copyDirectory(name, status, from, to, kind)
        case .file: try copyFile(name, status, from, to)
        case .link: try copyLink(name, status, from, to, kind)
        case .fifo, .socket, .device: notes.passedOver += 1
        }
    }

    private mutating func copyDirectory(
        _ name: [CChar],
        _ status: stat,
        _ from: Descriptor,
        _ to: Descriptor,
        _ kind: GitPlace
    ) throws(FileFault) {
        guard FileIdentity(status) != leftOut else { return }
        if kind == .worktrees { return notes.worktrees.append(path) }
        let inner = try from.directory(name)
        guard mkdirat(to.raw, name, 0o700) == 0 else { throw .last }
        let copy = try to.directory(name)
        path.append(UInt8(ascii: "/"))
        try copyChildren(of: inner, to: copy, kind: kind)
        try finish(copy, like: status)
    }

    /// Times and permissions last: what is written to a directory changes the one, and may need the other.
    private func finish(_ copy: Descriptor, like status: stat) throws(FileFault) {
        guard fchmod(copy.raw, status.st_mode & 0o1777) == 0, futimens(copy.raw, status.times) == 0 else { throw .last }
    }

    private func copyFile(_ name: [CChar], _ status: stat, _ from: Descriptor, _ to: Descriptor) throws(FileFault) {
        let opened = openat(from.raw, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        let file = try Descriptor(opened < 0 ? -errno : opened)
        let made = openat(to.raw, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        let copy = try Descriptor(made < 0 ? -errno : made)
        let result = sluice_copy_content(file.raw, copy.raw)
        guard result == 0 else { throw .system(-result) }
        guard fchmod(copy.raw, status.st_mode & 0o777) == 0, futimens(copy.raw, status.times) == 0 else { throw .last }
    }

    private func copyLink(
        _ name: [CChar],
        _ status: stat,
        _ from: Descriptor,
        _ to: Descriptor,
        _ kind: GitPlace
    ) throws(FileFault) {
        let text = try from.link(name)
        // Git would write through it, into what was copied.
        guard kind != .git || GitPlace.staysInside(text, of: path) else { throw .ofGit }
        guard symlinkat(text.map(CChar.init(bitPattern:)) + [0], to.raw, name) == 0,
            utimensat(to.raw, name, status.times, AT_SYMLINK_NOFOLLOW) == 0
        else { throw .last }
    }
}

/// What a copy has noted of git's files.
struct GitNotes: Sendable {
    /// Git directories that were copied; paths from the top, with a `/` at their ends.
    var directories: [[UInt8]] = []
    /// Directories with a `.git` that is no directory, which was not copied.
    var pointers: [[UInt8]] = []
    /// Directories `worktrees` of git directories, which were not copied.
    var worktrees: [[UInt8]] = []
    /// How many names have no copy: sockets, and what git had not finished writing.
    var passedOver = 0
}

/// What a directory is to git.
enum GitPlace {
    case ordinary
    /// A `.git`, or below one.
    case git
    /// Where git looks for hooks, and never writes.
    case hooks
    /// Where a repository notes its worktrees.
    case worktrees

    static let dotGit = Array(".git".utf8CString)

    /// What a name in such a directory is.
    func below(_ name: [UInt8], isRoot: Bool) -> GitPlace {
        switch self {
        case .ordinary: name.elementsEqual(".git".utf8) ? .git : .ordinary
        case .git where isRoot && name.elementsEqual("hooks".utf8): .hooks
        case .git where isRoot && name.elementsEqual("worktrees".utf8): .worktrees
        default: self
        }
    }

    /// Whether a directory is a repository's own: other directories of git's have other names in them.
    static func isRoot(_ directory: Descriptor) -> Bool {
        ["HEAD", "objects", "refs"].allSatisfy { name in
            (try? directory.status(of: Array(name.utf8CString))).flatMap(\.self) != nil
        }
    }

    /// Whether a link leads nowhere but into the directory that is copied, by its letters.
    ///
    /// - Parameter path: Of the link, from the top of the copy.
    static func staysInside(_ text: [UInt8], of path: [UInt8]) -> Bool {
        guard text.first != UInt8(ascii: "/") else { return false }
        var depth = path.count { $0 == UInt8(ascii: "/") }
        for part in text.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            depth += part.elementsEqual("..".utf8) ? -1 : 1
            if depth < 0 { return false }
        }
        return true
    }
}

/// One file of the system, whatever its names.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let inode: ino_t

    init(_ status: stat) {
        device = status.st_dev
        inode = status.st_ino
    }

    /// `nil` when there is nothing.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}

extension stat {
    /// When it was read and written last, as utimensat(2) takes it.
    fileprivate var times: [timespec] { [st_atim, st_mtim] }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}

/// Something that one thread tells another once.
private final class Flag: Sendable {
    private let value = Mutex(false)
    var isRaised: Bool { value.withLock { $0 } }
    func raise() { value.withLock { $0 = true } }
}
