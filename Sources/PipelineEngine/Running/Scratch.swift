import FoundationEssentials
import Glibc
import PipelineKit
import Synchronization

/// Empty directories for reports, outside every workspace, readable by this user only.
public struct Scratch: Sendable {
    private let root: String

    /// - Parameter root: Absolute path of a directory; made when it is first needed.
    public init(root: String) { self.root = root }

    /// One that is not there yet.
    func directory() -> ScratchDirectory { ScratchDirectory(below: root) }

    /// Those that a process left that is gone.
    func abandoned() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.sorted().map { "\(root)/\($0)" }.filter { path in
            ScratchLock(path).map { lock in withExtendedLifetime(lock) { true } } ?? false
        }
    }

    /// - Returns: `false` when somebody has it.
    static func remove(abandoned path: String) -> Bool {
        guard let lock = ScratchLock(path) else { return false }
        return withExtendedLifetime(lock) { (try? FileManager.default.removeItem(atPath: path)) != nil }
    }
}

/// Says that a directory is in use; the kernel lets go of it with the process, flock(2).
private final class ScratchLock: Sendable {
    private let directory: Int32

    /// `nil` when it is gone, is no directory or somebody else has it.
    init?(_ path: String) {
        directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { return nil }
        var now = stat()
        guard flock(directory, LOCK_EX | LOCK_NB) == 0, fstat(directory, &now) == 0, now.st_nlink > 0 else {
            close(directory)
            return nil
        }
    }

    deinit { close(directory) }
}

/// An empty directory that is made when somebody asks for it: most gates write no report.
final class ScratchDirectory: Sendable {
    private let root: String
    private let made = Mutex<(path: String, lock: ScratchLock)?>(nil)

    fileprivate init(below root: String) { self.root = root }

    /// - Throws: ``Failure/Kind/unavailable`` when it cannot be made.
    @Sendable
    func path() throws(Failure) -> String {
        try made.withLock { made throws(Failure) in
            if let made { return made.path }
            // Whoever clears away may take one for abandoned in the moment before it is locked; then another one is made.
            for _ in 0..<100 {
                let path = "\(root)/\(UUID().uuidString)"
                try make(path)
                guard let lock = ScratchLock(path) else { continue }
                made = (path, lock)
                return path
            }
            throw Failure(.unavailable, "No directory for reports in '\(root)' could be locked.")
        }
    }

    func remove() {
        let path = made.withLock { $0?.path }
        if let path { try? FileManager.default.removeItem(atPath: path) }
    }

    private func make(_ path: String) throws(Failure) {
        do {
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: attributes
            )
        } catch {
            throw Failure(
                .unavailable,
                "The directory '\(path)' for reports cannot be made: \(error.systemWords)."
            )
        }
    }
}
