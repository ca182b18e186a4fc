import PipelineKit

/// Reads the form that models of OpenAI are taught: `*** Begin Patch`, and hunks that are found by their context alone.
///
/// https://cookbook.openai.com/examples/gpt4-1_prompting_guide
struct MarkedPatch {
    private let lines: [ArraySlice<UInt8>]
    private var index: Int
    private var found: [FilePatch] = []

    /// - Parameter index: Of the line after the one that begins the patch.
    init(_ lines: [ArraySlice<UInt8>], from index: Int) {
        self.lines = lines
        self.index = index
    }

    mutating func patches() throws(Failure) -> [FilePatch] {
        while index < lines.count {
            let line = lines[index]
            if line.begins(with: "*** End Patch") { return found }
            if let path = line.after("*** Add File:") {
                found.append(try added(path))
            } else if let path = line.after("*** Delete File:") {
                found.append(FilePatch(path: path, change: .delete([]), line: index + 1))
                index += 1
            } else if let path = line.after("*** Update File:") {
                found.append(try updated(path))
            } else if line.trimmed.isEmpty {
                index += 1
            } else {
                throw PatchText.failure(
                    index,
                    "'\(line.text.prefix(80))' is none of '*** Update File: PATH', '*** Add File: PATH', "
                        + "'*** Delete File: PATH' and '*** End Patch'."
                )
            }
        }
        throw PatchText.failure(lines.count - 1, "it ends without '*** End Patch'.")
    }

    private mutating func added(_ path: String) throws(Failure) -> FilePatch {
        let start = index
        var content: [UInt8] = []
        index += 1
        while index < lines.count, lines[index].begins(with: "+") {
            content += lines[index].dropFirst() + [UInt8(ascii: "\n")]
            index += 1
        }
        if index < lines.count, !lines[index].begins(with: "***"), !lines[index].trimmed.isEmpty {
            throw PatchText.failure(index, "each line of a new file begins with '+'.")
        }
        return FilePatch(path: path, change: .add(content), line: start + 1)
    }

    private mutating func updated(_ path: String) throws(Failure) -> FilePatch {
        let start = index
        index += 1
        var newPath: String?
        if index < lines.count, let path = lines[index].after("*** Move to:") {
            newPath = path
            index += 1
        }
        var hunks: [Hunk] = []
        while index < lines.count, !Self.isEnd(lines[index]) { hunks.append(try hunk()) }
        return FilePatch(path: path, newPath: newPath, change: .update(hunks), line: start + 1)
    }

    /// Whether a line belongs to the file no longer.
    private static func isEnd(_ line: ArraySlice<UInt8>) -> Bool {
        line.begins(with: "*** ") && !line.begins(with: "*** End of File")
    }

    private mutating func hunk() throws(Failure) -> Hunk {
        var hunk = Hunk(line: index + 1)
        while index < lines.count, lines[index].begins(with: "@@") {
            let anchor = lines[index].dropFirst(2).trimmed
            if !anchor.isEmpty { hunk.anchors.append(anchor) }
            index += 1
        }
        while index < lines.count, !Self.isEnd(lines[index]), !lines[index].begins(with: "@@") {
            if lines[index].begins(with: "*** End of File") {
                hunk.isAtEnd = true
                index += 1
                break
            }
            guard let line = Hunk.Line(lines[index]) else {
                throw PatchText.failure(index, "a line of a hunk begins with ' ', '+' or '-'.")
            }
            hunk.lines.append(line)
            index += 1
        }
        guard !hunk.lines.isEmpty else {
            throw PatchText.failure(hunk.line - 1, "the hunk has no lines; they begin with ' ', '+' or '-'.")
        }
        return hunk
    }
}

extension Hunk.Line {
    /// An empty line is one of context whose blank was lost; `nil` for what is none.
    init?(_ line: ArraySlice<UInt8>) {
        switch line.first {
        case UInt8(ascii: " "): self.init(kind: .context, text: line.dropFirst())
        case UInt8(ascii: "-"): self.init(kind: .removed, text: line.dropFirst())
        case UInt8(ascii: "+"): self.init(kind: .added, text: line.dropFirst())
        case nil, UInt8(ascii: "\r"): self.init(kind: .context, text: line)
        default: return nil
        }
    }
}
