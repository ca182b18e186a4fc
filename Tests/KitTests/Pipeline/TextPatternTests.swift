import PipelineKit
import Testing

/// A pattern of texts.
struct TextPatternTests {
    @Test(
        arguments: [
            ("git *", "git status", true), ("git *", "git log -- a/b c", true), ("git *", "gitk", false),
            ("*", "", true), ("*", "a\nb/c", true), ("", "", true), ("", "a", false), ("a?c", "abc", true),
            ("a?c", "ac", false), ("a?c", "aéc", true), ("a*b*c", "axxbxxc", true), ("a*b*c", "axxcxxb", false),
            ("\\*", "*", true), ("\\*", "a", false), ("*.py", "src/a.py", true), ("src/*", "src/a/b", true),
            ("**a", "ba", true), ("a*", "b", false), ("write", "write", true), ("write", "writes", false),
            ("caf\u{E9}", "cafe\u{301}", false),
        ]
    )
    func aPatternStandsForTexts(pattern: String, text: String, isMatched: Bool) {
        #expect(TextPattern(pattern).matches(text) == isMatched)
    }

    @Test func ofACommandTheLastStarMayStandForNothingAtAll() {
        #expect(TextPattern("git status *").matches(command: "git status"))
        #expect(TextPattern("git status *").matches(command: "git status -s"))
        #expect(!TextPattern("git status *").matches(command: "git statusx"))
        #expect(!TextPattern("git status *").matches("git status"))
    }

    @Test func aTextStandsForItselfAloneWhenItIsTakenExactly() {
        for text in ["rm -rf *", "a\\b?", "*", "plain"] {
            #expect(TextPattern(TextPattern.exactly(text)).matches(text))
            #expect(TextPattern(TextPattern.exactly(text)).isPlain)
        }
        #expect(!TextPattern(TextPattern.exactly("rm *")).matches("rm x"))
    }

    @Test func manyStarsTakeNoLongerThanTheTextIsLongTimesThePattern() {
        let pattern = TextPattern(String(repeating: "a*", count: 500) + "b")
        let start = ContinuousClock.now
        #expect(!pattern.matches(String(repeating: "a", count: 60_000)))
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
