import PipelineKit

/// Reads unified diffs as diff and git write them, and as models do: with line numbers and counts that may be wrong.
///
/// What stands between the files is passed over. https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
struct UnifiedDiff {
    private let lines: [ArraySlice<UInt8>]
    private var index = 0
    private var found: [FilePatch] = []
    /// What git says above a file.
    private var header = GitHeader()

    init(_ lines: [ArraySlice<UInt8>]) { self.lines = lines }

    mutating func patches() throws(Failure) -> [FilePatch] {
        while index < lines.count {
            let line = lines[index]
            if isFile(index) {
                try readFile()
            } else if line.begins(with: "@@") {
                throw PatchText.failure(index, "a hunk comes without '--- a/FILE' and '+++ b/FILE' above it.")
            } else {
                try note(line)
                index += 1
            }
        }
        try endHeader()
        return found
    }

    /// Whether `---` and `+++` stand here.
    private func isFile(_ index: Int) -> Bool {
        index + 1 < lines.count && lines[index].begins(with: "--- ") && lines[index + 1].begins(with: "+++ ")
    }

    private mutating func note(_ line: ArraySlice<UInt8>) throws(Failure) {
        guard let words = line.after("diff --git ") else { return try header.note(line, at: index) }
        try endHeader()
        header = GitHeader(words, line: index)
    }

    /// A file that git renames, or that is empty, has no hunks.
    private mutating func endHeader() throws(Failure) {
        if let patch = try header.patch() { found.append(patch) }
        header = GitHeader()
    }

    private mutating func readFile() throws(Failure) {
        let start = header.line ?? index
        let (old, new) = (Self.path(lines[index].dropFirst(4)), Self.path(lines[index + 1].dropFirst(4)))
        index += 2
        var hunks: [Hunk] = []
        while index < lines.count, lines[index].begins(with: "@@") { hunks.append(try hunk()) }
        let (isNew, isDeleted) = (header.isNew || old == nil, header.isDeleted || new == nil)
        let (from, to) = GitHeader.plain(old, new)
        header = GitHeader()
        guard let path = isNew ? to : from else {
            throw PatchText.failure(start, "neither '---' nor '+++' names a file.")
        }
        if isNew {
            found.append(FilePatch(path: path, change: .add(Self.content(hunks)), line: start + 1))
        } else if isDeleted {
            found.append(FilePatch(path: path, change: .delete(hunks), line: start + 1))
        } else {
            let newPath = to == path ? nil : to
            found.append(FilePatch(path: path, newPath: newPath, change: .update(hunks), line: start + 1))
        }
    }

    /// What a new file holds.
    private static func content(_ hunks: [Hunk]) -> [UInt8] {
        let added = hunks.flatMap(\.lines).filter { $0.kind == .added }.map(\.text)
        let lacksBreak = hunks.last?.lacksBreak.after == true
        return Array(added.joined(separator: [0x0A])) + (added.isEmpty || lacksBreak ? [] : [0x0A])
    }

    private mutating func hunk() throws(Failure) -> Hunk {
        let (start, old, new) = try ranges()
        var hunk = Hunk(line: index + 1, start: start)
        var left = (old: old, new: new)
        index += 1
        while index < lines.count, !lines[index].begins(with: "@@"), !lines[index].begins(with: "diff --git ") {
            if isFile(index), !isPart(left) { break }
            if lines[index].begins(with: "\\") {
                let kind = hunk.lines.last?.kind
                if kind != .added { hunk.lacksBreak.before = true }
                if kind != .removed { hunk.lacksBreak.after = true }
            } else {
                // A text that was put around the patch, or the empty piece after its last line break.
                guard let line = Hunk.Line(lines[index]), !isOver(line, left) else { break }
                hunk.lines.append(line)
                if line.kind != .added { left.old = left.old.map { $0 - 1 } }
                if line.kind != .removed { left.new = left.new.map { $0 - 1 } }
            }
            index += 1
        }
        guard !hunk.lines.isEmpty else {
            throw PatchText.failure(hunk.line - 1, "the hunk has no lines; they begin with ' ', '+' or '-'.")
        }
        return hunk
    }

    /// Whether what looks like the beginning of a file may be the lines `-- x` and `++ y` of this hunk, by its counts; models
    /// count badly, so what is followed by a hunk is a file unless the counts end with it.
    private func isPart(_ left: (old: Int?, new: Int?)) -> Bool {
        guard let old = left.old, let new = left.new, old > 0, new > 0 else { return false }
        return (old, new) == (1, 1) || !(index + 2 < lines.count && lines[index + 2].begins(with: "@@"))
    }

    /// Whether an empty line comes after all that was announced, or after which nothing of the hunk comes.
    private func isOver(_ line: Hunk.Line, _ left: (old: Int?, new: Int?)) -> Bool {
        guard line.kind == .context, lines[index].trimmed.isEmpty, !lines[index].begins(with: " ") else { return false }
        if let old = left.old, let new = left.new, old > 0, new > 0 { return false }
        let next = lines[(index + 1)...].first { !$0.trimmed.isEmpty }
        return next.map { Hunk.Line($0) == nil || $0.begins(with: "--- ") } ?? true
    }

    /// `@@ -3,7 +3,8 @@`: the line before the hunk, and how many lines it has before and afterwards.
    ///
    /// - Returns: `nil` for what is not there: models leave the numbers out.
    private func ranges() throws(Failure) -> (start: Int?, old: Int?, new: Int?) {
        let words = lines[index].text.split(separator: " ").dropFirst().prefix(2)
        guard words.count == 2, let old = Self.range(words[1], "-"), let new = Self.range(words[2], "+") else {
            guard words.first?.hasPrefix("-") != true else {
                throw PatchText.failure(index, "'\(lines[index].text.prefix(80))' is not like '@@ -3,7 +3,8 @@'.")
            }
            return (nil, nil, nil)
        }
        // A hunk that only adds lines names the line before it.
        return (old.count == 0 ? old.start : max(0, old.start - 1), old.count, new.count)
    }

    /// `-3,7`, or `-3` for one line.
    private static func range(_ word: Substring, _ sign: Character) -> (start: Int, count: Int)? {
        guard word.first == sign else { return nil }
        let numbers = word.dropFirst().split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard let start = numbers.first ?? nil, (0...Self.most).contains(start) else { return nil }
        guard numbers.count > 1 else { return (start, 1) }
        guard numbers.count == 2, let count = numbers[1], (0...Self.most).contains(count) else { return nil }
        return (start, count)
    }

    private static let most = 100_000_000

    /// The path of a file, without a time behind it; `nil` for the one that is not there.
    private static func path(_ text: ArraySlice<UInt8>) -> String? {
        let text = text.prefix { $0 != UInt8(ascii: "\t") }.trimmed.text
        let path = GitHeader.unquoted(text)
        return path == "/dev/null" ? nil : path
    }
}
