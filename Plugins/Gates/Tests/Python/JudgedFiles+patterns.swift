import GateKit
import PipelineKit
import WorkspaceKit

extension JudgedFiles {
    /// The files that patterns name.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` for what is no pattern.
    init(in workspace: Workspace, matching patterns: [String]) throws(Failure) {
        let patterns = try patterns.map { text throws(Failure) in try GlobPattern(text) }
        self.init(in: workspace) { patterns.matches($0) }
    }
}
