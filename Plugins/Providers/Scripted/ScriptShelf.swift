import Glibc
import PipelineKit
import Synchronization

/// The script that was read last, until its file changes.
///
/// A long script is asked for at every turn; read anew each time, a run would cost the square of its length.
final class ScriptShelf: Sendable {
    private struct Kept {
        var path: String
        var stamp: Stamp
        var script: Script
    }

    /// What changes with a file's content, or with another file in its place (inode(7)).
    private struct Stamp: Hashable {
        var device: UInt
        var inode: UInt
        var size: Int
        var changed: [Int]

        init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            let times = [status.st_mtim, status.st_ctim]
            changed = times.flatMap { [Int($0.tv_sec), Int($0.tv_nsec)] }
        }
    }

    private let kept = Mutex<Kept?>(nil)

    /// - Throws: as ``Script/init(file:)``.
    func script(_ path: String) throws(Failure) -> Script {
        // Taken before the file is read: one that changes meanwhile is read again the next time.
        let stamp = Stamp(of: path)
        if let kept = kept.withLock({ $0 }), kept.path == path, kept.stamp == stamp { return kept.script }
        let script = try Script(file: path)
        if let stamp { kept.withLock { $0 = Kept(path: path, stamp: stamp, script: script) } }
        return script
    }
}
