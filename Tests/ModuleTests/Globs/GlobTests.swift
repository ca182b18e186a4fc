import PipelineKit
import Testing
import WorkspaceKit

/// What a pattern names.
@Suite struct GlobTests {
    @Test(arguments: [
        ("*.py", ["a.py", "src/a.py", ".py"], ["a.pyc", "a.py/b"]), ("./*.py", ["a.py"], ["src/a.py"]),
        ("src/*.py", ["src/a.py"], ["src/b/a.py", "a.py", "x/src/a.py"]),
        ("src/**", ["src/a", "src/b/c"], ["src", "xsrc/a"]),
        ("**/test_*.py", ["test_a.py", "x/y/test_a.py"], ["xtest_a.py", "test_a.py/x"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "a/x/b/c"]), ("**", ["a", "a/b"], []),
        ("a?c", ["abc", "a\u{E9}c", "x/abc"], ["ac", "a/c", "abbc"]), ("[a-c]x", ["ax", "cx"], ["dx", "-x"]),
        ("[!a-c]x", ["dx"], ["ax", "/x"]), ("[]x]", ["]", "x"], ["y"]), ("[a\\-z]", ["-", "a", "z"], ["b"]),
        ("{a,b}.{c,d}", ["a.c", "b.d"], ["a.b", "{a,b}.c"]),
        ("src/{x,**/y}", ["src/x", "src/y", "src/z/y"], ["src/z/x"]),
        ("{a{b,c},d}", ["ab", "ac", "d"], ["a", "abc"]), ("\\*", ["*"], ["a"]), ("\\{a,b\\}", ["{a,b}"], ["a"]),
        ("tests", ["tests", "tests/a", "x/tests/y"], ["xtests", "tests2/a"]), ("tests/", ["tests/a"], ["tests"]),
        ("./tests", ["tests", "tests/a"], ["x/tests"]), ("src/a.py", ["src/a.py", "src/a.py/x"], ["x/src/a.py"]),
        ("a**b", ["ab", "axxb"], ["a/b"]), (".*", [".env", "x/.env"], ["env"]),
        ("*", ["a", "a/b", "\u{1F1E9}\u{1F1EA}"], []),
        ("conftest.py", ["conftest.py", "a/conftest.py"], ["conftest.pyc"]), ("e\u{301}", ["e\u{301}"], ["\u{E9}"]),
    ])
    func names(pattern: String, paths: [String], others: [String]) throws {
        let glob = try GlobPattern(pattern)
        for path in paths { #expect(glob.matches(path), "\(path)") }
        for path in others { #expect(!glob.matches(path), "\(path)") }
    }

    @Test(arguments: [
        ("", "Pattern '' is empty."), ("./", "Pattern './' is empty."),
        ("/etc/*", "Pattern '/etc/*' is absolute; write it relative to the workspace."),
        ("{a,/etc}/*", "Pattern '{a,/etc}/*' is absolute; write it relative to the workspace."),
        ("../*", "Pattern '../*' leaves the workspace: '..' cannot stand in a pattern."),
        ("a/{..,b}/c", "Pattern 'a/{..,b}/c' leaves the workspace: '..' cannot stand in a pattern."),
        ("a[b", "Pattern 'a[b' has a '[' without its ']'; write '\\[' for the character itself."),
        ("a{b", "Pattern 'a{b' has a '{' without its '}'; write '\\{' for the character itself."),
        ("a\\", "Pattern 'a\\' ends with a '\\' that has nothing to stand before."),
        ("[z-a]", "Pattern '[z-a]' has the range 'z-a', which is empty."),
        (
            String(repeating: "{a,b}", count: 9),
            "Pattern '\(String(repeating: "{a,b}", count: 9))' stands for more than 256 patterns."
        ),
        (
            String(repeating: "a", count: 4097),
            "Pattern '\(String(repeating: "a", count: 200))…' is longer than 4096 bytes."
        ),
    ])
    func aPatternThatIsNoneIsQuoted(pattern: String, message: String) {
        #expect(throws: Failure(.invalidInput, message)) { try GlobPattern(pattern) }
    }

    /// Backtracking matchers take longer than anybody waits for these.
    @Test func hardPatternsTakeNoTime() throws {
        let path = String(repeating: "a", count: 300)
        let started = ContinuousClock.now
        #expect(try !GlobPattern(String(repeating: "*a", count: 30) + "b").matches(path))
        #expect(
            try !GlobPattern(String(repeating: "**/", count: 30) + "b").matches(
                String(repeating: "a/", count: 150) + "c"
            )
        )
        #expect(ContinuousClock.now - started < .seconds(20))
    }

    /// Every short path against many random patterns, and against a matcher that is too simple to be wrong.
    @Test func agreesWithASimpleMatcher() throws {
        var random = Numbers(state: 7)
        let alphabet = ["a", "b", "/", "*", "?", "**", "/**/", "[ab]", "[!a]"]
        let paths = Self.paths(length: 5)
        var matches = 0
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? ""
            }.joined()
            guard let glob = try? GlobPattern(text), !text.contains("//"), text.contains(where: "*?[".contains) else {
                continue
            }
            let reference = SimpleGlob(text)
            let matched = paths.filter(glob.matches)
            #expect(matched == paths.filter(reference.matches), "'\(text)'")
            matches += matched.count
        }
        #expect(matches > 1000)
    }

    private static func paths(length: Int) -> [String] {
        var all = [""]
        for _ in 0..<length { all += all.flatMap { path in ["a", "b", "/"].map { path + $0 } } }
        return Set(all).filter { !$0.isEmpty && !$0.hasPrefix("/") && !$0.hasSuffix("/") && !$0.contains("//") }
            .sorted()
    }
}

/// Matches by trying everything, component by component; slow, and as short as the rules are.
private struct SimpleGlob {
    private let components: [String]

    init(_ text: String) {
        let parts = text.split(separator: "/").map(String.init)
        let isAnchored = parts.count > 1
        components = (isAnchored ? [] : ["**"]) + parts + (text.hasSuffix("/") ? ["**"] : [])
    }

    func matches(_ path: String) -> Bool { Self.go(components[...], path.split(separator: "/").map(String.init)[...]) }

    private static func go(_ pattern: ArraySlice<String>, _ path: ArraySlice<String>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        if first == "**" {
            if pattern.count == 1 { return !path.isEmpty }
            return (path.startIndex...path.endIndex).contains { go(pattern.dropFirst(), path[$0...]) }
        }
        guard let name = path.first, go(Array(first)[...], Array(name)[...]) else { return false }
        return go(pattern.dropFirst(), path.dropFirst())
    }

    private static func go(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        switch first {
        case "*": return (name.startIndex...name.endIndex).contains { go(pattern.dropFirst(), name[$0...]) }
        case "[":
            let set = pattern.prefix { $0 != "]" }
            guard let character = name.first else { return false }
            let isIn = set.contains("!") ? character != "a" : "ab".contains(character)
            return isIn && go(pattern.dropFirst(set.count + 1), name.dropFirst())
        case "?": return !name.isEmpty && go(pattern.dropFirst(), name.dropFirst())
        default: return name.first == first && go(pattern.dropFirst(), name.dropFirst())
        }
    }
}

/// The same numbers every time; xorshift64.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
