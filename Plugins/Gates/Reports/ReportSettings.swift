import PipelineKit
import WorkspaceKit

/// What is checked of settings that say where reports come from.
enum ReportSettings {
    /// The patterns of the reports.
    ///
    /// - Throws: `.invalidInput` for what cannot be.
    static func patterns(_ command: String?, _ report: [String], _ timeout: Duration) throws(Failure) -> [GlobPattern] {
        guard command?.contains(where: { !$0.isWhitespace }) ?? true else {
            throw Failure(.invalidInput, "Field 'command' must be a command line, but is empty.")
        }
        guard command != nil || !report.isEmpty else {
            throw Failure(
                .invalidInput,
                "Field 'report' must name the reports when there is no 'command' to write them."
            )
        }
        guard timeout > .zero else { throw Failure(.invalidInput, "Field 'timeout' must be longer than 0s.") }
        return try report.map { text throws(Failure) in try GlobPattern(text) }
    }
}
