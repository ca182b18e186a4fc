import FoundationEssentials
import Glibc

/// A file that is written beside the one it will replace.
///
/// Its writer holds a lock on it, flock(2), which the kernel lets go of when the writer is killed.
enum Draft {
    /// Snapshots leave files of such names out.
    static func newName() -> String { ".sluice-\(UInt64.random(in: 0 ... .max)).tmp" }

    private static func isDraft(_ name: some StringProtocol) -> Bool {
        name.hasPrefix(".sluice-") && name.hasSuffix(".tmp") && UInt64(name.dropFirst(8).dropLast(4)) != nil
    }

    /// Removes the drafts below a directory whose writers are gone.
    static func removeAbandoned(below directory: String) {
        var rest = [directory]
        while let directory = rest.popLast() {
            for name in Disk.names(in: directory) where name != ".git" {
                let path = "\(directory)/\(name)"
                // Links are not followed: what they lead to is no part of the tree.
                if Disk.isDirectory(path) { rest.append(path) } else if isDraft(name) { removeAbandoned(path) }
            }
        }
    }

    private static func removeAbandoned(_ path: String) {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
        close(file)
    }
}
