import FoundationEssentials
import GateKit
import PipelineKit
import WorkspaceKit

/// The files that a model is to judge.
struct JudgedTexts: Sendable {
    struct File: Sendable {
        /// Relative to the workspace.
        var path: String
        var text: String
    }

    private(set) var files: [File] = []
    /// Why they cannot be judged, in a sentence that says what to do; `nil` when they can be.
    private(set) var problem: String?

    /// Reads the regular files that match, in the order of their names.
    ///
    /// - Parameter most: Bytes of all of them together. A text is judged whole or not at all: what stood behind a cut would
    ///   not count.
    init(_ patterns: [GlobPattern], in root: String, most: ByteCount) {
        var bytes = 0
        for path in ReportFile.paths(below: root, ending: "").map({ String($0.dropFirst(root.utf8.count + 1)) })
        where patterns.contains(where: { $0.matches(path) }) && !path.hasPrefix(".git/") {
            let read = ReportFile.bytes(at: "\(root)/\(path)")
            bytes += read?.count ?? 0
            guard bytes <= most.bytes else {
                problem = "The files to judge have more than \(most), which is the most that is judged. Write less."
                return
            }
            guard let read, let text = String(validating: read, as: UTF8.self) else {
                problem = "'\(path)' is no text in UTF-8, so it cannot be judged."
                return
            }
            files.append(File(path: path, text: text))
        }
        if files.allSatisfy({ $0.text.trimmed.isEmpty }) {
            let wanted = patterns.map { "'\($0)'" }.joined(separator: ", ")
            problem = "There is nothing to judge: no file with text in it matches \(wanted)."
        }
    }
}
