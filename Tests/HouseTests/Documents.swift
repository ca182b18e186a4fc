/// The documentation: README, CHANGELOG and everything in Docs.
enum Documents {
    struct Document: Sendable {
        let path: String
        let text: String
    }

    /// A fenced block of a document.
    struct Block: Sendable, CustomStringConvertible {
        let document: String
        /// Of the opening fence, from 1.
        let line: Int
        /// What stands behind the opening fence.
        let language: String
        let text: String
        var description: String { "\(document):\(line)" }
    }

    static func all() throws -> [Document] {
        let paths =
            ["README.md", "CHANGELOG.md"] + House.paths(in: "Docs", ".md") + House.paths(in: "Pipelines", ".md")
        return try paths.map { Document(path: $0, text: try House.text($0)) }
    }
}

extension Documents.Document {
    var blocks: [Documents.Block] {
        var blocks: [Documents.Block] = []
        var open: (line: Int, language: String, lines: [Substring])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            switch open {
            case nil where line.hasPrefix("```"): open = (index + 1, String(line.dropFirst(3)), [])
            case let block? where line == "```":
                let text = block.lines.joined(separator: "\n") + "\n"
                blocks.append(.init(document: path, line: block.line, language: block.language, text: text))
                open = nil
            case nil: break
            case _?: open?.lines.append(line)
            }
        }
        return blocks
    }

    var pipelines: [Documents.Block] { blocks.filter { $0.language == "yaml pipeline" } }

    /// The sections under a heading of this many signs, by their titles.
    func sections(_ depth: Int) -> [(title: String, text: String)] {
        let mark = "\n" + String(repeating: "#", count: depth) + " "
        return "\n\(text)".split(separator: mark, omittingEmptySubsequences: false).dropFirst().map { part in
            let end = part.firstIndex(of: "\n") ?? part.endIndex
            return (String(part[..<end]), String(part[end...]))
        }
    }
}
