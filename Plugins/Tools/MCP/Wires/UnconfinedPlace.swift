import Glibc
import PipelineKit

/// Where a server runs that is not confined: beside the work, so that nothing the model writes becomes a part of it.
enum UnconfinedPlace {
    /// Not the workspace, as programs load modules and settings from where they run.
    static let directory = "/"

    /// - Throws: ``Failure/Kind/denied`` when a word of the command is a file that the model could change.
    static func expectOutside(_ words: [String], of workspace: Workspace, _ server: String) throws(Failure) {
        guard let root = real(workspace.path) else { return }
        for word in words where isFile(word) {
            guard let file = real(word), file.hasPrefix(root == "/" ? "/" : root + "/") else { continue }
            throw Failure(
                .denied,
                """
                MCP server '\(server)' is not confined, and names '\(word)', which lies in the workspace, where the model could \
                change it. Keep it elsewhere, or leave 'confined: false' out.
                """
            )
        }
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return path.hasPrefix("/") && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
