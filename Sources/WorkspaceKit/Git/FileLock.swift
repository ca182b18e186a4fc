import CLinux
import Glibc
import PipelineKit

/// A lock that one process, or several that only look, hold on a directory of the state; flock(2).
///
/// The kernel lets go of it when the process ends, however it ends. Waiting is done by asking again, because a call
/// that blocks would hold a thread that the holder of the lock may need.
final class FileLock: Sendable {
    enum Use: Sendable {
        case shared
        case exclusive
    }

    private let file: Descriptor

    /// - Parameter what: What is in use, for the sentence when it stays so.
    init(_ path: String, _ use: Use, of what: String) async throws(Failure) {
        let operation = (use == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB
        for _ in 0..<Self.attempts {
            do throws(FileFault) {
                let result = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
                let opened = try Descriptor(result < 0 ? -errno : result)
                if flock(opened.raw, operation) == 0, try Self.isStill(opened, at: path) {
                    file = opened
                    return
                }
            } catch {
                throw Failure(error, path, "locked")
            }
            guard (try? await Task.sleep(for: Self.pause)) != nil else {
                throw Failure(.cancelled, "The work on \(what) was cancelled.")
            }
        }
        throw Failure(.unavailable, "\(what) is in use by another process.")
    }

    /// Takes a lock if nobody has it; `nil` when somebody has.
    init?(ifFree path: String) throws(Failure) {
        do throws(FileFault) {
            let result = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            let opened = try Descriptor(result < 0 ? -errno : result)
            guard flock(opened.raw, LOCK_EX | LOCK_NB) == 0, try Self.isStill(opened, at: path) else { return nil }
            file = opened
        } catch {
            throw Failure(error, path, "locked")
        }
    }

    private static let pause = Duration.milliseconds(5)
    /// A minute and a half.
    private static let attempts = 18_000

    /// Who held the lock may have removed the file, and somebody else may have made a new one.
    private static func isStill(_ file: Descriptor, at path: String) throws(FileFault) -> Bool {
        var now = stat()
        let held = try file.status()
        return lstat(path, &now) == 0 && now.st_ino == held.st_ino && now.st_dev == held.st_dev
    }
}
