import PipelineKit
import WorkspaceKit

/// What a call makes of one file.
struct FileEdit: Sendable {
    private enum Change: Sendable {
        /// The file holds this afterwards.
        case write(String)
        /// Pieces of it become others, one after the other.
        case replace([Replacement])
        /// Before a line, counted from 1.
        case insert(String, line: Int)
        case cell(CellEdit)
        case delete
        /// As somebody else compared it.
        case told(String)
    }

    private struct Replacement: Sendable {
        var old: String
        var new: String
        /// Which of them, counted from 1; 0 for all.
        var occurrence: Int

        init?(_ input: JSONValue) {
            guard let old = input["old"]?.text ?? input["old_string"]?.text,
                let new = input["new"]?.text ?? input["new_string"]?.text
            else { return nil }
            (self.old, self.new) = (old, new)
            occurrence = input["replace_all"] == true ? 0 : max(0, input["occurrence"]?.integer ?? 1)
        }

        /// - Returns: `nil` where the piece is not to be found: the tool will say so.
        func applied(to text: String) -> String? {
            guard !old.isEmpty else { return nil }
            let ranges = text.ranges(of: old)
            guard occurrence <= ranges.count, !ranges.isEmpty else { return nil }
            guard occurrence > 0 else { return text.replacing(old, with: new) }
            var text = text
            text.replaceSubrange(ranges[occurrence - 1], with: new)
            return text
        }
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
        case "file_patch", "Edit": Replacement(input).map { .replace([$0]) }
        case "MultiEdit": .replace((input["edits"]?.elements ?? []).compactMap(Replacement.init))
        case "file_insert": input["content"]?.text.map { .insert($0, line: input["line"]?.integer ?? 1) }
        case "NotebookEdit": CellEdit(input).map { .cell($0) }
        case "file_delete": .delete
        default: nil
        }
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

    // MARK: - As it is shown

    func file(_ files: FilesBefore) -> QuestionPayload.File {
        let path = files.name(of: path)
        if case .told(let lines) = change { return QuestionPayload.File(path, lines) }
        switch files.content(of: path) {
        case .text(let text): return file(path, holding: text)
        case .nothing: return file(path, holding: "")
        case .hidden(let why):
            return QuestionPayload.File(path, "What it holds now is not shown: \(why)\n\(withoutFile)")
        }
    }

    private func file(_ path: String, holding text: String) -> QuestionPayload.File {
        switch change {
        case .write(let new): QuestionPayload.File(path, LineDiff(text, new))
        case .delete: QuestionPayload.File(path, LineDiff(text, ""))
        case .insert(let added, let line): QuestionPayload.File(path, LineDiff(text, Self.insert(added, line, text)))
        case .replace(let pieces): replaced(pieces, path, text)
        case .cell(let edit): changed(edit, path, text)
        case .told(let lines): QuestionPayload.File(path, lines)
        }
    }

    /// Of a file that nobody sees: what goes and what comes, without a place.
    private var withoutFile: String {
        switch change {
        case .write(let text), .insert(let text, _): LineDiff.marked("+", text)
        case .replace(let pieces):
            pieces.map { LineDiff.marked("-", $0.old) + LineDiff.marked("+", $0.new) }.joined()
        case .cell(let edit): LineDiff.marked("+", edit.source)
        case .delete: ""
        case .told(let lines): lines
        }
    }

    /// In the file where the pieces can be found, else piece by piece: the tool will say that they are not there.
    private func replaced(_ pieces: [Replacement], _ path: String, _ before: String) -> QuestionPayload.File {
        var text = before
        for piece in pieces {
            guard let next = piece.applied(to: text) else {
                let (old, new) = (pieces.map(\.old), pieces.map(\.new))
                return QuestionPayload.File(
                    path,
                    LineDiff(old.joined(separator: "\n"), new.joined(separator: "\n"))
                )
            }
            text = next
        }
        return QuestionPayload.File(path, LineDiff(before, text))
    }

    private func changed(_ edit: CellEdit, _ path: String, _ notebook: String) -> QuestionPayload.File {
        guard let cell = edit.before(in: notebook) else {
            return QuestionPayload.File(path, "The notebook has no such cell.\n\(withoutFile)")
        }
        return QuestionPayload.File(path, LineDiff(cell, edit.source))
    }

    private static func insert(_ text: String, _ line: Int, _ before: String) -> String {
        var lines = before.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        var added = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if added.last == "" { added.removeLast() }
        lines.insert(contentsOf: added, at: min(max(line, 1), lines.count + 1) - 1)
        return lines.map { $0 + "\n" }.joined()
    }
}

extension QuestionPayload.File {
    fileprivate init(_ path: String, _ diff: LineDiff) {
        self.init(path: path, additions: diff.additions, deletions: diff.deletions, content: diff.text)
    }

    /// - Parameter lines: Each with its mark; what has none is said about it.
    fileprivate init(_ path: String, _ lines: String) {
        let marks = lines.split(separator: "\n").map { $0.first ?? " " }
        self.init(
            path: path,
            additions: marks.count { $0 == "+" },
            deletions: marks.count { $0 == "-" },
            content: lines
        )
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
