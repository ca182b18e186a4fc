import CLinux
import Glibc

/// A name in a directory that is open, so that nobody can put another directory in its place.
struct Place {
    let directory: Descriptor
    let name: String

    /// What has the name, a symbolic link itself; `nil` for nothing.
    func status() throws(FileFault) -> stat? { try directory.status(of: name) }

    /// Gives the name to a new file with these bytes.
    ///
    /// The bytes are written beside the old file under a name of their own, brought to the disk, and renamed over it.
    func replace(with bytes: [UInt8]) throws(FileFault) {
        let old = try status()
        guard old?.isRegular != false else { throw .kind(old?.kind ?? .file) }
        let draft = Place(directory: directory, name: Draft.newName())
        do throws(FileFault) {
            let file = try draft.create(with: bytes, like: old)
            defer { withExtendedLifetime(file) {} }
            guard renameat(directory.raw, draft.name, directory.raw, name) == 0 else { throw .last }
        } catch {
            unlinkat(directory.raw, draft.name, 0)
            throw error
        }
    }

    private func create(with bytes: [UInt8], like old: stat?) throws(FileFault) -> Descriptor {
        let result = openat(directory.raw, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        let file = try Descriptor(result < 0 ? -errno : result)
        flock(file.raw, LOCK_EX | LOCK_NB)  // held until the file has its name; see Draft
        try file.write(bytes)
        if let old {
            // Only root may give a file away; others own what they may replace, or the file becomes theirs.
            _ = fchown(file.raw, old.st_uid, old.st_gid)
            guard fchmod(file.raw, old.st_mode & 0o777) == 0 else { throw .last }
        }
        guard fdatasync(file.raw) == 0 else { throw .last }
        return file
    }
}
