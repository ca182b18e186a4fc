import PipelineKit
import Testing

struct DiagnosticTests {
    private func shown(_ text: String, column: Int, length: Int = 1, line: Int = 7) -> String {
        let place = SourcePlace(line: line, column: column, length: length, text: text)
        let lines = Diagnostic(.error, "No.", in: "a", at: place).description.split(separator: "\n")
        return lines.dropFirst().map { $0.dropFirst(6) }.joined(separator: "\n")
    }

    @Test func aDiagnosticReadsLikeACompilers() {
        let place = SourcePlace(line: 12, column: 5, length: 5, text: "    modle: openai/gpt-5.2")
        let diagnostic = Diagnostic(
            .error,
            "Unknown field 'modle'. Did you mean 'model'?",
            in: "fix.yaml",
            at: place
        )
        #expect(
            diagnostic.description == """
                fix.yaml:12:5: error: Unknown field 'modle'. Did you mean 'model'?
                  12 | modle: openai/gpt-5.2
                     | ^~~~~
                """
        )
    }

    @Test func aFileAsAWholeHasNoSnippet() {
        #expect(Diagnostic(.warning, "It is old.", in: "a.yaml").description == "a.yaml: warning: It is old.")
    }

    @Test func allAreJoinedByLines() {
        let all = Diagnostics([Diagnostic(.error, "One.", in: "a"), Diagnostic(.error, "Two.", in: "a")])
        #expect(all.description == "a: error: One.\na: error: Two.")
    }

    @Test(arguments: [
        ("a: b", 4, 1, "a: b\n   ^"),
        ("a: b", 5, 1, "a: b\n    ^"),
        ("a: b", 99, 1, "a: b\n    ^"),
        ("", 1, 1, "\n^"),
        ("a: bcd", 4, 99, "a: bcd\n   ^~~"),
        ("  a: b", 6, 1, "a: b\n   ^"),
        ("\ta: b", 1, 1, "    a: b\n^~~~"),
        ("a:\tb", 4, 1, "a:    b\n      ^"),
        ("漢字: b", 5, 1, "漢字: b\n      ^"),
        ("漢字: b", 1, 2, "漢字: b\n^~~~"),
        ("e\u{301}: b", 5, 1, "e\u{301}: b\n   ^"),
        ("👩‍👩‍👧: b", 8, 1, "👩‍👩‍👧: b\n    ^"),
        ("a\u{1B}[31m: b", 9, 1, "a\\u{1B}[31m: b\n             ^"),
        ("\u{202E}abc", 2, 3, "\\u{202E}abc\n        ^~~"),
        ("\u{301}a", 2, 1, "\\u{301}a\n       ^"),
        ("a\u{0}b", 3, 1, "a\\u{0}b\n      ^"),
    ])
    func theCaretStandsBelowItsCharacter(text: String, column: Int, length: Int, snippet: String) {
        #expect(shown(text, column: column, length: length) == snippet)
    }

    @Test func aLongLineIsCutAroundTheCaret() {
        let text = String(repeating: "a", count: 200) + "X" + String(repeating: "b", count: 200)
        let left = String(repeating: "a", count: 48)
        let right = String(repeating: "b", count: 47)
        #expect(shown(text, column: 201) == "…\(left)X\(right)…\n\(String(repeating: " ", count: 49))^")
        let start = String(repeating: "c", count: 96) + "…\n^"
        #expect(shown(String(repeating: "c", count: 100), column: 1) == start)
    }

    @Test func whatIsMarkedEndsWithTheWindow() {
        let text = String(repeating: "x", count: 300)
        #expect(shown(text, column: 1, length: 300) == "\(text.prefix(96))…\n^\(String(repeating: "~", count: 95))")
    }

    @Test func aMessageCannotTouchTheTerminal() {
        let diagnostic = Diagnostic(.error, "Unknown field '\u{1B}[2J\n'.", in: "a\u{7}.yaml")
        #expect(diagnostic.description == "a\\u{7}.yaml: error: Unknown field '\\u{1B}[2J\\n'.")
    }

    @Test func aVeryLongMessageKeepsBothEnds() {
        let diagnostic = Diagnostic(.error, "Unknown '\(String(repeating: "x", count: 5_000))'. Sorry.", in: "a")
        #expect(diagnostic.description.count < 650)
        #expect(diagnostic.description.hasPrefix("a: error: Unknown 'xxx"))
        #expect(diagnostic.description.hasSuffix("xxx'. Sorry."))
    }
}
