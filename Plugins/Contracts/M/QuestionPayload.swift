import PipelineKit

/// What kind of question a client shows: each has a view of its own.
enum QuestionType: String, Sendable {
    case diff
    case command
    case generic

    /// - Parameter input: What the tool is called with.
    init(_ tool: String, _ input: JSONValue) {
        self = !FileEdit.all(tool, input).isEmpty ? .diff : input.commandLine(of: tool) != nil ? .command : .generic
    }
}

extension JSONValue {
    /// What a call runs, with these arguments; `nil` for one that runs nothing.
    fileprivate func commandLine(of tool: String) -> String? {
        self["command"]?.text ?? (tool.hasSuffix("_exec") ? self["code"]?.text : nil)
    }
}

/// What a call that a person is asked about would do, in the one form that clients read.
///
/// A member of another type would break the whole list of a client, so what a tool is called with never passes through
/// as it stands.
struct QuestionPayload: Sendable {
    struct File: Sendable {
        var path: String
        var additions: Int
        var deletions: Int
        /// A unified diff.
        var content: String

        fileprivate var diff: String {
            let (old, new) = path.hasPrefix("/") ? (path, path) : ("a/\(path)", "b/\(path)")
            return "--- \(old)\n+++ \(new)\n\(content)"
        }
    }

    var message: String
    var command: String?
    var files: [File] = []

    /// Characters of a text that are sent.
    private static let most = 60_000

    /// - Parameters:
    ///   - message: What the person is asked.
    ///   - input: What the tool is called with, by the names of Sluice's own tools or of those of Claude Code.
    ///   - files: Those of the workspace.
    init(_ message: String, tool: String, input: JSONValue, files: FilesBefore) {
        self.message = message
        command = input.commandLine(of: tool)
        self.files = FileEdit.all(tool, input).prefix(200).map { $0.file(files) }
    }

    init(_ message: String) { self.message = message }

    var type: QuestionType { !files.isEmpty ? .diff : command != nil ? .command : .generic }

    var json: JSONValue {
        var members: [String: JSONValue] = ["message": .string(message.shortened(to: Self.most))]
        if let command { members["command"] = .string(command.shortened(to: Self.most)) }
        guard !files.isEmpty else { return .object(members) }
        let whole = files.map(\.diff).joined()
        members["diff"] = .string(whole.shortened(to: Self.most))
        members["files"] = .array(
            files.map { file in
                [
                    "path": .string(file.path), "additions": .int(file.additions), "deletions": .int(file.deletions),
                    "content": .string(file.content.shortened(to: Self.most)),
                ]
            }
        )
        return .object(members)
    }
}
