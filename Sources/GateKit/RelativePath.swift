import FoundationEssentials
public import PipelineKit

/// Paths that settings name below a workspace.
public enum RelativePath {
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when one is empty, absolute, begins as an option does, or leads
    ///   out.
    public static func check(_ paths: [String], of field: String) throws(Failure) {
        let isOutside = { (path: String) in path.hasPrefix("/") || path.split(separator: "/").contains("..") }
        guard let wrong = paths.first(where: { $0.isEmpty || $0.hasPrefix("-") || isOutside($0) }) else { return }
        throw Failure(.invalidInput, "Field '\(field)' must be relative to the workspace and in it, but is '\(wrong)'.")
    }

    /// The absolute path of a directory of the workspace; the workspace itself for `nil`.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when there is none.
    public static func directory(_ directory: String?, in root: String) throws(Failure) -> String {
        guard let directory else { return root }
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: "\(root)/\(directory)", isDirectory: &isDirectory), isDirectory
        else {
            throw Failure(
                .invalidInput,
                "Field 'directory' names '\(directory)', which is no directory of the workspace."
            )
        }
        return "\(root)/\(directory)"
    }

    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` naming the first that is not there.
    public static func require(_ paths: [String], of field: String, in root: String) throws(Failure) {
        guard let absent = paths.first(where: { !FileManager.default.fileExists(atPath: "\(root)/\($0)") }) else {
            return
        }
        throw Failure(.invalidInput, "Field '\(field)' names '\(absent)', which is not there.")
    }
}
