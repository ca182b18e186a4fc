import PipelineEngine
import PipelineKit

/// A call as an editor shows it: `ToolCall` without its id and status.
struct CallWords {
    private let call: ToolCall
    private let arguments: JSONValue
    private let reach: Set<Reach>
    /// Absolute path of the directory that the model works in.
    private let workspace: String

    init(_ proposed: ProposedCall, in workspace: String) {
        (call, reach, self.workspace) = (proposed.call, proposed.reach, workspace)
        arguments = (try? JSONValue(parsing: Array(proposed.call.arguments.utf8))) ?? .string(proposed.call.arguments)
    }

    /// - Parameter before: What a file holds now; `nil` for one that is not there, or that nobody looks at any more.
    func members(before: (_ path: String) -> String?) -> [String: JSONValue] {
        var members: [String: JSONValue] = [
            "title": .string(title), "kind": .string(kind), "rawInput": arguments,
        ]
        if let path { members["locations"] = [["path": .string(path)]] }
        if let diff = diff(before) { members["content"] = [diff] }
        return members
    }

    /// The tool, and what it is called with, in one line.
    var title: String {
        let what = Self.telling.lazy.compactMap { arguments[$0]?.text }.first ?? ""
        let line = "\(call.tool) \(what)".split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 200 ? line.prefix(200) + "…" : line
    }

    /// Names of arguments that tell most of a call.
    private static let telling = ["path", "command", "pattern", "query", "url", "code", "from", "text"]

    /// `ToolKind`.
    private var kind: String {
        switch call.tool {
        case "file_read", "view_image": "read"
        case "file_list", "find_files", "grep_search", "web_search": "search"
        case "file_write", "file_patch", "file_insert", "apply_patch": "edit"
        case "file_delete": "delete"
        case "file_rename": "move"
        case "web_fetch": "fetch"
        case "todo": "think"
        default:
            reach.contains(.runs) ? "execute" : reach.contains(.writes) ? "edit" : reach == [.reads] ? "read" : "other"
        }
    }

    /// The absolute path of the file that is touched.
    private var path: String? {
        guard let path = arguments["path"]?.text else { return nil }
        return path.hasPrefix("/") ? path : "\(workspace)/\(path)"
    }

    /// Whether the call is shown as a change of a file.
    var isDiff: Bool { diff { _ in nil } != nil }

    /// What a call that writes text makes of a file, or of a piece of it.
    private func diff(_ before: (String) -> String?) -> JSONValue? {
        guard let path, let name = arguments["path"]?.text else { return nil }
        let old: String?
        let new: String
        switch call.tool {
        case "file_write":
            guard let content = arguments["content"]?.text else { return nil }
            (old, new) = (before(name), content)
        case "file_patch":
            guard let replaced = arguments["old"]?.text, let text = arguments["new"]?.text else { return nil }
            (old, new) = (replaced, text)
        default: return nil
        }
        return [
            "type": "diff", "path": .string(path), "oldText": old.map(JSONValue.string) ?? .null,
            "newText": .string(new),
        ]
    }

    /// The list of a call of `todo`, as the entries of a plan.
    var plan: JSONValue? {
        guard call.tool == "todo", let items = arguments["items"]?.elements else { return nil }
        let entries = items.map { item -> JSONValue in
            let status = item["status"]?.text ?? "pending"
            return [
                "content": item["text"] ?? "", "priority": "medium",
                "status": .string(status == "done" ? "completed" : status),
            ]
        }
        return ["sessionUpdate": "plan", "entries": .array(entries)]
    }
}
