import PipelineKit
import WorkspaceKit

/// What a call makes of one file.
struct FileEdit: Sendable {
    private enum Change: Sendable {
        /// The file holds this afterwards.
        case write(String)
        /// Pieces of it become others, where each stands for the time that is named, counted from 1; 0 for wherever it does.
        case replace([(old: String, new: String)], occurrence: Int)
        /// Before a line, counted from 1.
        case insert(String, line: Int)
        case delete
        /// As somebody else compared it.
        case told(String)
    }

    private let path: String
    private let change: Change

    private init(_ path: String, _ change: Change) {
        self.path = path
        self.change = change
    }

    /// The edits of a call; none for one that edits nothing, or whose arguments are not what its tool takes.
    static func all(_ tool: String, _ input: JSONValue) -> [FileEdit] {
        if tool == "apply_patch", let patch = input["patch"]?.text ?? input["input"]?.text { return patched(patch) }
        guard let path = input["path"]?.text ?? input["file_path"]?.text ?? input["notebook_path"]?.text else {
            return []
        }
        return change(tool, input).map { [FileEdit(path, $0)] } ?? []
    }

    private static func change(_ tool: String, _ input: JSONValue) -> Change? {
        switch tool {
        case "file_write", "Write": input["content"]?.text.map { .write($0) }
        case "file_patch", "Edit": replacement(input).map { .replace([$0], occurrence: occurrence(input)) }
        case "MultiEdit": .replace((input["edits"]?.elements ?? []).compactMap(replacement), occurrence: 1)
        case "file_insert": input["content"]?.text.map { .insert($0, line: input["line"]?.integer ?? 1) }
        case "NotebookEdit": input["new_source"]?.text.map { .told(LineDiff("", $0).text) }
        case "file_delete": .delete
        default: nil
        }
    }

    private static func replacement(_ input: JSONValue) -> (old: String, new: String)? {
        guard let old = input["old"]?.text ?? input["old_string"]?.text,
            let new = input["new"]?.text ?? input["new_string"]?.text
        else { return nil }
        return (old, new)
    }

    private static func occurrence(_ input: JSONValue) -> Int {
        input["replace_all"] == true ? 0 : max(0, input["occurrence"]?.integer ?? 1)
    }

    /// The files of a patch, as the tool reads it: what is shown is what it would do.
    private static func patched(_ text: String) -> [FileEdit] {
        guard let patches = try? PatchText(text).patches() else { return [] }
        return patches.flatMap { patch -> [FileEdit] in
            let edit =
                switch patch.change {
                case .add(let content): Change.write(String(decoding: content, as: UTF8.self))
                case .delete: Change.delete
                case .update(let hunks): Change.told(hunks.map(\.shown).joined())
                }
            let moved = patch.newPath.map { FileEdit($0, .told("Moved from \(patch.path).\n")) }
            return [FileEdit(patch.path, edit), moved].compactMap(\.self)
        }
    }

    /// - Parameter before: What a file of the workspace holds; `nil` for one that is not there.
    func file(_ before: (_ path: String) -> String?) -> QuestionPayload.File {
        switch change {
        case .write(let new): return compared(before(path) ?? "", new)
        case .delete: return compared(before(path) ?? "", "")
        case .insert(let text, let line): return inserted(text, line, before(path) ?? "")
        case .replace(let pairs, let occurrence): return replaced(pairs, occurrence, before(path))
        case .told(let lines):
            let marks = lines.split(separator: "\n").map { $0.first ?? " " }
            return QuestionPayload.File(
                path: path,
                additions: marks.count { $0 == "+" },
                deletions: marks.count { $0 == "-" },
                content: lines
            )
        }
    }

    private func compared(_ old: String, _ new: String) -> QuestionPayload.File {
        let diff = LineDiff(old, new)
        return QuestionPayload.File(
            path: path,
            additions: diff.additions,
            deletions: diff.deletions,
            content: diff.text
        )
    }

    /// In the file where the pieces can be found, else piece by piece: the tool will say that they are not there.
    private func replaced(_ pairs: [(old: String, new: String)], _ occurrence: Int, _ before: String?)
        -> QuestionPayload.File
    {
        let pieces = { compared(pairs.map(\.old).joined(separator: "\n"), pairs.map(\.new).joined(separator: "\n")) }
        guard var text = before else { return pieces() }
        for pair in pairs {
            guard !pair.old.isEmpty else { return pieces() }
            let ranges = text.ranges(of: pair.old)
            guard occurrence <= ranges.count, !ranges.isEmpty else { return pieces() }
            if occurrence == 0 {
                text.replace(pair.old, with: pair.new)
            } else {
                text.replaceSubrange(ranges[occurrence - 1], with: pair.new)
            }
        }
        return compared(before ?? "", text)
    }

    private func inserted(_ text: String, _ line: Int, _ before: String) -> QuestionPayload.File {
        var lines = before.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        var added = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if added.last == "" { added.removeLast() }
        lines.insert(contentsOf: added, at: min(max(line, 1), lines.count + 1) - 1)
        return compared(before, lines.map { $0 + "\n" }.joined())
    }
}

extension Hunk {
    /// As it stands in a patch.
    fileprivate var shown: String {
        let place = start.map { " line \($0 + 1)" } ?? anchors.map { " \($0.text)" }.joined()
        return "@@\(place) @@\n" + lines.map { "\($0.kind.mark)\($0.text.text)\n" }.joined()
    }
}

extension Hunk.Kind {
    fileprivate var mark: Character {
        switch self {
        case .context: " "
        case .removed: "-"
        case .added: "+"
        }
    }
}
