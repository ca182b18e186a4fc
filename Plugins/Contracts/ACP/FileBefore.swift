import PipelineKit
import WorkspaceKit

/// What a file holds before a call changes it, for the editor to show beside what it will hold.
enum FileBefore {
    /// - Returns: `nil` for what is no text, is too long to be shown, or is outside of the workspace.
    @Sendable static func text(_ workspace: String, _ path: String) -> String? {
        guard let bytes = try? ConfinedDirectory(workspace).read(path, limit: most) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static let most = 200_000
}
