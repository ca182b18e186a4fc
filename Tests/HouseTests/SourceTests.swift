import Foundation
import Testing

/// The rules of the house that a compiler does not know.
struct SourceTests {
    let product: [SwiftFile]
    let all: [SwiftFile]

    init() throws {
        product = try SwiftFile.all(in: "Sources", "Plugins", "Pipelines")
        all = try product + SwiftFile.all(in: "Tests")
    }

    @Test func noFileIsLong() {
        #expect(all.count > 200)
        for file in all { #expect(file.lines.count <= 400, "\(file) has \(file.lines.count) lines; 400 are the most.") }
    }

    /// All of Foundation brings ICU: 50 MB more of program, and 3 MB more of memory for every command.
    @Test func theProductLinksTheEssentialsOfFoundationAlone() {
        for file in product where !file.path.hasPrefix("Sources/PipelineTesting/") {
            #expect(!file.imports.contains("Foundation"), "\(file) imports Foundation; FoundationEssentials is enough.")
        }
    }

    /// What the values are made of depends on whether all of Foundation is loaded too, as it is in these tests.
    @Test func theProductAsksTheSystemForAttributesOfFiles() {
        for file in product where !file.path.hasPrefix("Sources/PipelineTesting/") {
            let asks = file.text.contains("attributesOfItem") || file.text.contains("attributesOfFileSystem")
            #expect(!asks, "\(file) reads attributes through FileManager; use stat(2).")
        }
    }

    /// What the compiler is asked to believe.
    @Test func uncheckedClaimsAreFewAndExplained() {
        let claims = all.flatMap { file in
            Rules.lines(of: file.text, with: ["@unchecked Sendable", "nonisolated(unsafe)"]).map { (file, $0) }
        }
        #expect(claims.count <= 5, "At most five claims that nobody checks.")
        for (file, line) in claims where !Rules.isExplained(line, in: file.text) {
            Issue.record("\(file):\(line + 1) claims to be safe and does not say why, in a comment before it.")
        }
    }

    @Test func whatTrapsHasAReason() {
        for file in product {
            for line in Rules.lines(of: file.text, with: ["try!", "as!", "fatalError("]) {
                guard !Rules.isExplained(line, in: file.text) else { continue }
                Issue.record("\(file):\(line + 1) may trap and does not say why it never does, in a comment before it.")
            }
        }
    }

    @Test func everyFileOfTestsAssertsSomething() {
        for file in all where file.path.hasPrefix("Tests/") && file.text.contains("@Test") {
            let asserts = file.text.contains(/#expect|#require|Issue\.record|\bexpect[A-Z]\w*\(/)
            #expect(asserts, "\(file) has tests that cannot fail.")
        }
    }

    @Test func theTopHoldsOnlyWhatBelongsThere() throws {
        let allowed: Set = [
            "Package.swift", "Sources", "Plugins", "Tests", "Pipelines", "Docs", "README.md", "CHANGELOG.md", "LICENSE",
            "Makefile",
        ]
        let names = try FileManager.default.contentsOfDirectory(atPath: House.root.path)
        let others = names.filter { !$0.hasPrefix(".") && !allowed.contains($0) && !$0.hasSuffix(".profraw") }
        #expect(others.sorted() == [], "The top level is fixed; Docs, Tests or Pipelines take what is new.")
    }

    /// Paths of the machine on which somebody happened to work.
    @Test func nothingNamesAWorkplace() throws {
        let marks = ["work", "root", "home"].map { "/\($0)/" }
        let folders = ["Sources", "Plugins", "Tests", "Pipelines", "Docs"]
        let paths = folders.flatMap {
            House.paths(in: $0, ".swift", ".md", ".yaml", ".json", ".c", ".h", ".py", ".txt")
        }
        for path in paths + ["README.md", "CHANGELOG.md", "Package.swift"] {
            for (index, line) in try House.text(path).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                for mark in marks where Rules.beginsPath(mark, in: line) {
                    Issue.record("\(path):\(index + 1) names '\(mark)', a place on somebody's machine.")
                }
            }
        }
    }
}

/// How the rules look at text; tested below, as a rule that finds nothing proves nothing.
enum Rules {
    /// Numbers of the lines whose code, strings and comments left out, holds one of these.
    static func lines(of text: String, with marks: [String]) -> [Int] {
        // Telling code from strings takes time, and hardly any file holds one of the words at all.
        guard marks.contains(where: { text.contains($0) }) else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let code = SwiftText.code(line)
            return marks.contains { code.contains($0) } ? index : nil
        }
    }

    /// Whether a comment stands in the three lines before, or behind the code.
    static func isExplained(_ line: Int, in text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let before = lines[max(0, line - 3)..<line]
        return before.contains { $0.drop { $0 == " " }.hasPrefix("//") } || lines[line].contains(" // ")
    }

    /// Whether a path that begins so stands in the line.
    static func beginsPath(_ mark: String, in line: Substring) -> Bool {
        line.ranges(of: mark).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !before.isLetter && !before.isNumber && !"}).*_-~/\\".contains(before)
        }
    }
}

struct RulesTests {
    @Test func codeIsToldFromStringsAndComments() {
        let text = """
            let a = try! b()
            let c = "try! d" // try! e
            /// try! f
            let g = h as! I
            """
        #expect(Rules.lines(of: text, with: ["try!", "as!"]) == [0, 3])
    }

    @Test func aReasonStandsBeforeOrBehind() {
        #expect(Rules.isExplained(1, in: "// A literal.\nlet a = try! b()"))
        #expect(Rules.isExplained(0, in: "let a = try! b() // a literal"))
        #expect(!Rules.isExplained(1, in: "let z = 1\nlet a = try! b()"))
    }

    @Test func aPathIsToldFromAPartOfOne() {
        #expect(Rules.beginsPath("/w/", in: "see /w/x"))
        #expect(Rules.beginsPath("/w/", in: "'/w/x'"))
        #expect(!Rules.beginsPath("/w/", in: "\\(state)/w/x"))
        #expect(!Rules.beginsPath("/w/", in: "https://a.b/w/x"))
    }

    @Test func importsAreReadWithTheirAttributes() {
        let text = """
            public import A
            @preconcurrency import B
            internal import C
            import struct
            let s = ""\"
            import d
            ""\"
            """
        #expect(SwiftText.imports(in: text) == ["A", "B", "C", "struct"])
    }
}
