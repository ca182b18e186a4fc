import CLinux
import Glibc
import PipelineKit

extension Disk {
    /// Removes a tree, also where its directories were made unreadable; links are removed and never followed.
    static func remove(_ path: String) throws(Failure) {
        do throws(FileFault) {
            try remove(Array(path.utf8CString), in: AT_FDCWD)
        } catch {
            throw Failure(error, path, "removed")
        }
    }

    /// Removes all that a directory holds.
    static func empty(_ path: String) throws(Failure) {
        do throws(FileFault) {
            _ = chmod(path, 0o700)
            let result = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let directory = try Descriptor(result < 0 ? -errno : result)
            for child in try directory.children() { try remove(child.bytes, in: directory.raw) }
        } catch {
            throw Failure(error, path, "emptied")
        }
    }

    /// Removes a name in a directory that is open.
    static func remove(_ name: [CChar], in parent: Int32) throws(FileFault) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw .last }
        _ = fchmodat(parent, name, 0o700, 0)
        let result = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        let directory = try Descriptor(result < 0 ? -errno : result)
        for child in try directory.children() { try remove(child.bytes, in: directory.raw) }
        guard unlinkat(parent, name, AT_REMOVEDIR) == 0 else { throw .last }
    }
}
