import FoundationEssentials
import PipelineKit

/// Empty directories for reports, outside every workspace, readable by this user only.
public struct Scratch: Sendable {
    private let root: String

    /// - Parameter root: Absolute path of a directory; made when it is first needed.
    public init(root: String) { self.root = root }

    /// Hands an empty directory to `work` and removes it afterwards.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when it cannot be made.
    func with<Value: Sendable>(
        _ work: (String) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let path = "\(root)/\(UUID().uuidString)"
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
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await work(path)
    }
}
