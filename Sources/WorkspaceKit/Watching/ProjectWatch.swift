public import PipelineKit

/// Waits for somebody to change files of a project.
public struct ProjectWatch: Sendable {
    private let project: String
    private let quiet: Duration

    /// - Parameters:
    ///   - project: Absolute path of the directory.
    ///   - quiet: How long nothing must happen before a change counts as whole: editors write in several steps.
    public init(_ project: String, quiet: Duration = .milliseconds(300)) {
        self.project = project
        self.quiet = quiet
    }

    /// Waits until files differ from what they were.
    ///
    /// - Parameter marks: What they were; a change between then and now counts.
    /// - Returns: the paths that differ, in their order.
    /// - Throws: ``PipelineKit/Failure/Kind/cancelled`` with the task.
    public func changes(since marks: FileMarks) async throws(Failure) -> [String] {
        var known = marks
        while !Task.isCancelled {
            // Directories that came to be are watched from here on; what happened in them meanwhile is looked at below.
            let watch = try DirectoryWatch(known.directories.map { "\(project)/\($0)" })
            known = try await FileMarks(of: project)
            let changes = known.changes(since: marks)
            if changes.isEmpty {
                _ = try await watch.wait()
                // What is ignored may change all the time; nobody looks more often than this.
                try? await Task.sleep(for: quiet)
            } else {
                guard try await watch.wait(quiet) else { return changes }
            }
        }
        throw Failure(.cancelled, "Watching was ended.")
    }
}
