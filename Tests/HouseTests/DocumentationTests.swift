import Foundation
import PipelineKit
import Testing

/// The documentation names what there is, and nothing that is not.
struct DocumentationTests {
    @Test(arguments: try Documents.all().map(\.path))
    func everyLinkLeadsToAFile(path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().relativePath
        for link in try House.text(path).matches(of: /\]\(([^)#]+)(?:#[^)]*)?\)/) {
            guard !link.1.contains("://") else { continue }
            let target = URL(filePath: "\(folder)/\(link.1)").standardized.relativePath
            #expect(House.isThere(target), "\(path) links to '\(link.1)', which is not there.")
        }
    }

    @Test func everyDocumentCanBeReachedFromTheReadme() throws {
        let linked = try Documents.all().flatMap { document in
            let folder = URL(filePath: document.path).deletingLastPathComponent().relativePath
            return document.text.matches(of: /\]\(([^)#]+)/).map {
                URL(filePath: "\(folder)/\($0.1)").standardized.relativePath
            }
        }
        for path in House.paths(in: "Docs", ".md") {
            let isListed = linked.contains { path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : "\($0)/") }
            #expect(isListed, "Nothing links to \(path).")
        }
    }

    /// `sluice NAME --option` in blocks and in backticks.
    @Test func everyCommandShownExists() throws {
        let commands = try Commands()
        #expect(commands.options.count >= 17)
        for document in try Documents.all() {
            for shown in document.text.matches(of: /sluice ([a-z]+(?:-[a-z]+)*)((?: +[^\s`|#)]+)*)/) {
                guard document.isCode(at: shown.range.lowerBound) else { continue }
                let name = String(shown.1)
                guard let options = commands.options[name] else {
                    Issue.record("\(document.path) shows 'sluice \(name)', but there is no such command.")
                    continue
                }
                for option in shown.2.matches(of: /--([a-z][a-z-]*)/) where !options.contains(String(option.1)) {
                    Issue.record("\(document.path) shows 'sluice \(name) --\(option.1)', but it has no such option.")
                }
            }
        }
    }
}

/// The commands of the product and their options, read from their sources.
private struct Commands {
    let options: [String: Set<String>]

    init() throws {
        let files = try SwiftFile.all(in: "Sources/sluice/Commands")
        let pairs = files.compactMap { file -> (String, Set<String>)? in
            guard let name = file.text.firstMatch(of: /static let name = "([a-z-]+)"/) else { return nil }
            let fields = file.text.matches(of: /@Field\([^\n]*\)\s*(?:public )?var (\w+):/).map { field in
                String(field.1.replacing(/[A-Z]/) { "-\($0.output.lowercased())" })
            }
            return (String(name.1), Set(fields + ["help"]))
        }
        options = Dictionary(uniqueKeysWithValues: pairs + [("help", ["help"])])
    }
}

extension Documents.Document {
    /// Whether a place stands in a fenced block or between backticks.
    fileprivate func isCode(at place: String.Index) -> Bool {
        let before = text[..<place]
        if before.split(separator: "\n", omittingEmptySubsequences: false).count(where: { $0.hasPrefix("```") }) % 2
            == 1
        {
            return true
        }
        let line = before[(before.lastIndex(of: "\n") ?? before.startIndex)...]
        return line.count { $0 == "`" } % 2 == 1
    }
}
