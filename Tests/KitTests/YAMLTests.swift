import Testing
import YAML

struct YAMLTests {
    private func problems(_ text: String) -> [String] { YAMLDocument(text).problems.map(\.description) }

    @Test func everyNodeKnowsWhereItStands() throws {
        let root = try #require(YAMLDocument("name: é 'x'\nlist:\n  - \"a\"\n  - [b, c]\n").root)
        let name = try #require(root["name"])
        #expect(name.content == .scalar("é 'x'", isPlain: true))
        #expect(name.start == YAMLMark(line: 1, column: 7))
        #expect(name.end == YAMLMark(line: 1, column: 12))
        #expect(root.pairs.map(\.key.start) == [YAMLMark(line: 1, column: 1), YAMLMark(line: 2, column: 1)])
        let list = try #require(root["list"]).elements
        #expect(list[0].content == .scalar("a", isPlain: false))
        #expect(list[0].start == YAMLMark(line: 3, column: 5))
        #expect(list[1].isFlow)
        #expect(list[1].end == YAMLMark(line: 4, column: 11))
    }

    @Test(arguments: ["a: 1\nb: x", "a: 1\r\nb: x", "a: 1\rb: x", "\u{FEFF}a: 1\nb: x"])
    func everyEndOfLineCounts(text: String) {
        #expect(YAMLDocument(text).root?["b"]?.start == YAMLMark(line: 2, column: 4))
    }

    @Test func anEndOfLineOfOldIsNoLineOfAnEditor() {
        let document = YAMLDocument("a: \"x\u{2028}y\"\nb: c\n")
        #expect(document.root?["b"]?.start == YAMLMark(line: 2, column: 4))
    }

    @Test func columnsAreUnicodeScalars() {
        #expect(
            YAMLDocument("{ \u{1F469}\u{200D}\u{1F467}: x, b: y }").root?["b"]?.start == YAMLMark(line: 1, column: 14)
        )
    }

    @Test func anAliasIsItsAnchorsValueWhereItStands() throws {
        let document = YAMLDocument("a: &x [1, 2]\nb: *x\n")
        #expect(document.nodes == 9)
        let root = try #require(document.root)
        #expect(root["a"]?.elements == root["b"]?.elements)
        #expect(root["b"]?.start == YAMLMark(line: 2, column: 4))
    }

    @Test func anEmptyDocumentHasNoRootAndNoProblem() {
        for text in ["", "# only a comment\n", "---\n...\n"] {
            #expect(YAMLDocument(text).problems.isEmpty)
        }
        #expect(YAMLDocument("").root == nil)
    }

    @Test(arguments: [
        ("a: [b, c\nd: e\n", "2:2: Expected ',' or ']' here, in the list that begins in line 1."),
        ("a: {b: c\nd: e\n", "2:2: Expected ',' or '}' here, in the mapping that begins in line 1."),
        ("a: [-q, ${inputs.x}]\n", "1:10: Put a text with '${...}' in quotes when it stands in [ ] or { }."),
        (
            "a: b: c\n",
            "1:5: A ':' may not stand here: put a value that holds ': ' in quotes, or check the indentation."
        ),
        (
            "a:\n  b: 1\n c: 2\n",
            "3:2: This line belongs to no key above it: check its indentation, and the quotes in the lines before."
        ),
        ("a:\n- b\n-c\n", "3:1: This is neither 'key: value' nor '- item': a ':' is missing."),
        ("a: - b\n", "1:4: A list item '- ' may not stand here: begin it in a line of its own."),
        ("a: ? b\n", "1:4: A '? ' may not stand here: put a text that begins with '?' in quotes."),
        ("a: ]\n", "1:4: Expected a value, but found ']'."),
        ("[", "1:2: Expected a value, but the text ends."),
        ("- a\nb: c\n", "2:1: Expected '- ' here, as in the list that begins in line 1: check the indentation."),
        ("a: x\n...\nb: c\n", "3:1: The document has ended before this: check the indentation of this line."),
        ("\ta: b\n", "1:1: A tab may not indent a line: use spaces."),
        ("a:\n\tb: c\n", "2:1: A tab may not indent a line: use spaces."),
        ("a: 1\n \tb: 2\n", "2:2: A tab may not indent a line: use spaces."),
        ("a: |\n  x\n \ty\n", "3:2: A tab may not indent a line: use spaces."),
        ("a: @x\n", "1:4: A value may not begin with '@': put it in quotes."),
        ("a: %x\n", "1:4: A value may not begin with '%': put it in quotes."),
        ("a: *.py\n", "1:4: A value that begins with '*' is an alias: put a pattern such as '*.py' in quotes."),
        ("a: *py\n", "1:4: No '&py' stands before the alias '*py': put a text that begins with '*' in quotes."),
        ("a: &x [*x]\n", "1:8: The alias '*x' stands inside the value it is an alias of."),
        ("a: &. x\n", "1:4: A value that begins with '&' is an anchor: put it in quotes."),
        ("a: !!str b\n", "1:4: YAML tags are not read: remove '!!str'."),
        ("a: !x b\n", "1:4: YAML tags are not read: remove '!x'."),
        ("a: !<x b\n", "1:4: YAML tags are not read: put a text that begins with '!' in quotes."),
        ("a: !x!y b\n", "1:4: YAML tags are not read: put a text that begins with '!' in quotes."),
        ("a: \"\\d\"\n", "1:5: Unknown escape in double quotes: write '\\\\' for a backslash, or use single quotes."),
        ("a: \"x\nb: c\n", "1:4: The quoted text that begins here is never closed."),
        ("a: 'b' c\n", "1:8: This does not belong to the value before it: put the whole value in quotes."),
        ("a: | x\n", "1:6: Nothing may follow '|' or '>' in its line: the text begins in the next."),
        ("a: 1\n---\nb: 2\n", "2:1: A file holds one document: a second one begins here."),
        ("a: 1\na: 2\n", "2:1: Key 'a' stands in line 1 and again in line 2: keep one of them."),
        ("{a: 1, 'a': 2}", "1:8: Key 'a' stands twice in line 1: keep one of them."),
        ("<<: x\n", "1:1: Merge keys ('<<') are not read: write the keys out."),
        ("? [a]\n: b\n", "1:3: A key must be a word: put a text that begins with '{' or '[' in quotes."),
        ("a: {{x}}\n", "1:5: A key must be a word: put a text that begins with '{' or '[' in quotes."),
        (": x\n", "1:1: A key is missing before this ':'."),
        ("? \n: b\n", "1:2: A key is missing before this ':'."),
        ("%YAML 1.3\n---\na: b", "1:1: This is for another version of YAML: write YAML 1.2."),
        ("%x\na: b\n", "1:1: Lines that begin with '%' are not read: put a text that begins with '%' in quotes."),
        ("a: \u{0}\n", "1:4: A NUL byte stands here; a text file has none."),
        (
            "a: \u{7}\n",
            "1:4: The control character U+0007 may not stand in YAML; write it as an escape in double quotes."
        ),
        (
            "a: b\n\u{FEFF}c: d\n",
            "2:1: A byte order mark stands inside the text; it may only be the very first character."
        ),
        ("a: >0\n  x\n", "1:5: This is not valid YAML: found an indentation indicator equal to 0."),
    ])
    func aMistakeIsSaidSoThatItCanBeMended(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test func mistakesThatDoNotEndTheReadingAreAllTold() {
        let text = "a: !x 1\nb: *y\na: 2\n<<: 3\nc: [\n"
        #expect(
            problems(text) == [
                "1:4: YAML tags are not read: remove '!x'.",
                "2:4: No '&y' stands before the alias '*y': put a text that begins with '*' in quotes.",
                "3:1: Key 'a' stands in line 1 and again in line 3: keep one of them.",
                "4:1: Merge keys ('<<') are not read: write the keys out.",
                "6:1: Expected a value, but the text ends.",
            ]
        )
    }

    @Test func bytesThatAreNoTextAreRefused() {
        let document = YAMLDocument([0x61, 0x3A, 0x20, 0xC3, 0x28])
        #expect(
            document.problems.map(\.description) == ["1:4: The byte 0xC3 is not valid UTF-8; save the file as UTF-8."]
        )
        let utf16 = YAMLDocument([0xFF, 0xFE, 0x61, 0x00])
        #expect(utf16.problems.map(\.description) == ["1:1: The byte 0xFF is not valid UTF-8; save the file as UTF-8."])
    }

    @Test func aBillionLaughsAreNotLaughed() {
        var text = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for (before, name) in zip("abcdefgh", "bcdefghi") {
            let list = Array(repeating: "*\(before)", count: 9).joined(separator: ", ")
            text += "\(name): &\(name) [\(list)]\n"
        }
        let document = YAMLDocument(text)
        #expect(
            document.problems.map(\.description) == [
                "6:8: The document has more than 100000 values with its aliases written out."
            ]
        )
        #expect(document.nodes <= 100_000)
        #expect(document.root == nil)
    }

    @Test func aLongTextIsNotMultiplied() {
        let text =
            "a: &a \(String(repeating: "x", count: 1_000))\nb: [\(Array(repeating: "*a", count: 900).joined(separator: ", "))]\n"
        let limits = YAMLLimits(bytes: 100_000)
        #expect(
            YAMLDocument(text, limits: limits).problems.map(\.problem) == [
                "The text has more than 100000 bytes with its aliases written out."
            ]
        )
    }

    @Test func everyLimitIsSaid() {
        func problem(_ text: String, _ limits: YAMLLimits) -> [String] {
            YAMLDocument(text, limits: limits).problems.map(\.description)
        }
        #expect(
            problem("a: bcd\n", YAMLLimits(bytes: 6)) == ["1:1: The document has 7 bytes; at most 6 are read."]
        )
        #expect(
            problem("a: [[[b]]]\n", YAMLLimits(depth: 3)) == ["1:6: The document is nested more than 3 levels deep."]
        )
        #expect(problem("a: [[b]]\n", YAMLLimits(depth: 3)) == [])
        #expect(
            problem("a: &x [[b]]\nc: [[*x]]\n", YAMLLimits(depth: 4)) == [
                "2:6: The document is nested more than 4 levels deep."
            ]
        )
        #expect(
            problem("[a, b, c]\n", YAMLLimits(nodes: 3)) == [
                "1:8: The document has more than 3 values with its aliases written out."
            ]
        )
        #expect(
            problem("[&a b, *a, *a]\n", YAMLLimits(aliases: 1)) == ["1:12: The document has more than 1 aliases."]
        )
    }

    @Test func aDeepDocumentIsRefusedAtItsLimit() {
        let text = String(repeating: "[", count: 100_000)
        #expect(problems(text) == ["1:65: The document is nested more than 64 levels deep."])
        let block = String(repeating: "- ", count: 100_000)
        #expect(problems(block) == ["1:129: The document is nested more than 64 levels deep."])
    }
}
