import FoundationEssentials
import PipelineKit
import Synchronization

/// Empty directories for reports, outside every workspace, readable by this user only.
public struct Scratch: Sendable {
    private let root: String

    /// - Parameter root: Absolute path of a directory; made when it is first needed.
    public init(root: String) { self.root = root }

    /// One that is not there yet.
    func directory() -> ScratchDirectory { ScratchDirectory(below: root) }
}

/// An empty directory that is made when somebody asks for it: most gates write no report.
final class ScratchDirectory: Sendable {
    private let root: String
    private let made = Mutex<String?>(nil)

    fileprivate init(below root: String) { self.root = root }

    /// - Throws: ``Failure/Kind/unavailable`` when it cannot be made.
    @Sendable
    func path() throws(Failure) -> String {
        try made.withLock { made throws(Failure) in
            if let made { return made }
            let path = "\(root)/\(UUID().uuidString)"
            try make(path)
            made = path
            return path
        }
    }

    func remove() {
        let path = made.withLock { $0 }
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
