import PipelineTesting
import Testing

@testable import MutationGate

/// What is changed in sources that are lexed, and what never is.
struct OperatorMutantTests {
    /// `a < b -> a <= b` for each change, in order.
    private func changes(_ text: String, _ language: SourceLanguage) -> [String] {
        let bytes = Array(text.utf8)
        return OperatorMutants.changes(in: bytes, of: language).map { change in
            let mutant = Mutant(file: "a", range: change.range, replacement: change.replacement, kind: change.kind)
            let place = MutantPlace(of: mutant, in: bytes)
            return "\(place.before) -> \(place.after)"
        }
    }

    @Test func everyKindOfOperatorHasAnOpposite() {
        #expect(
            changes("x = a + b - c * d / e;", .c) == [
                "x = a + b - c * d / e; -> x = a - b - c * d / e;", "x = a + b - c * d / e; -> x = a + b + c * d / e;",
                "x = a + b - c * d / e; -> x = a + b - c / d / e;", "x = a + b - c * d / e; -> x = a + b - c * d * e;",
            ]
        )
        #expect(changes("a == b", .java) == ["a == b -> a != b"])
        #expect(changes("a === b", .javascript) == ["a === b -> a !== b"])
        #expect(changes("a <= b", .go) == ["a <= b -> a < b"])
        #expect(changes("a > b", .rust) == ["a > b -> a >= b"])
        #expect(changes("a && b", .swift) == ["a && b -> a || b"])
        #expect(changes("a % b", .c) == ["a % b -> a * b"])
        #expect(changes("a += b", .swift) == ["a += b -> a -= b"])
        #expect(changes("return !a", .c) == ["return !a -> return a"])
        #expect(changes("return true", .rust) == ["return true -> return false"])
        #expect(changes("return 9", .go) == ["return 9 -> return 10"])
    }

    @Test(
        arguments: [
            ("// a + b\n/* a < b\n 1 */ c", .go), ("/* /* a + b */ a < b */", .rust),
            ("s = \"a + b \\\" 1 < 2\";", .c), ("'a < b \\' 1'", .javascript), ("`a ${b + `${c < 1}`} 2`", .javascript),
            ("`a \\` + 1`", .typescript), ("`a \\` ", .go), ("R\"x(a + 1)\" )x\"", .cpp), ("u8R\"(1 < 2)\"", .cpp),
            ("r##\"a \"# + 1\"##", .rust), ("br#\"1 < 2\"#", .rust), ("b'1'", .rust), ("\"a\n1 + 2\"", .rust),
            ("\"\\(a + f(\"1 < 2\")) 3\"", .swift), ("#\"a \\(1) \\#(1 + f(\")\")) \" 2\"#", .swift),
            ("\"\"\"\n1 + \"2\" \\(a + 1)\n\"\"\"", .swift), ("\"\"\"\n1 + \"2\"\n\"\"\"", .java),
            ("#/a + 1/#", .swift), ("x = /a + 1\\/[/ 2]/", .javascript), ("return /1 + 2/", .javascript),
            ("a(/1 < 2/)", .typescript), ("#include <a/1.h>", .c), ("#define A 1 + \\\n 2", .c), ("#if 1 > 0", .swift),
            ("import a.b.c1;", .java), ("import * as x from '1';", .javascript), ("use a::{b, c};", .rust),
            ("#[cfg(not(a = 1))]", .rust), ("#![recursion_limit = 256]", .rust), ("@available(iOS 13, *)", .swift),
            ("@Size(max = 9, min = 1 + 2)", .java), ("type A = 1 | 2", .typescript), ("template <int N = 3>", .cpp),
        ] as [(String, SourceLanguage)]
    )
    func textsCommentsAndDeclarationsStay(text: String, language: SourceLanguage) {
        #expect(changes(text, language) == [])
    }

    @Test(
        arguments: [
            ("Vec<Vec<i32>>", .rust), ("fn a<'a>(x: &'a str) -> &'a str { x }", .rust), ("std::vector<int> a", .cpp),
            ("void f(T&& a, char *b, int * c)", .cpp), ("println!(a)", .rust), ("let a = b!", .swift),
            ("try! a()", .swift), ("x as! Y", .swift), ("func < (a: A, b: A)", .swift), ("a <> b ++ c", .swift),
            ("a.0", .rust), ("1.5, 0x10, 1e9, 1_000, 007", .javascript), ("List<String> a", .java), ("ch <- a", .go),
            ("x => y", .javascript), ("a -> b", .java), ("reduce(0.0, +)", .swift), ("char text[64]", .c),
            ("[4]int", .go), ("[u8; 4]", .rust), ("case 1:", .c), ("\"a\" + b + \"c\"", .java), ("$0", .swift),
            ("export * from 'a'", .javascript), ("function * a", .javascript), ("-> !", .rust), ("a +- b", .swift),
        ] as [(String, SourceLanguage)]
    )
    func whatOnlyLooksLikeAnOperatorStays(text: String, language: SourceLanguage) {
        #expect(changes(text, language) == [])
    }

    @Test func codeBesideTextsIsChanged() {
        #expect(changes("f(\"1\", 2) // 3", .c) == ["f(\"1\", 2) // 3 -> f(\"1\", 3) // 3"])
        #expect(changes("c = '\\'' + 1 < 'b'", .c).count == 2)
        #expect(changes("let b: &'a str = x; a < 1", .rust).count == 2)
        #expect(changes("(a + b) / 2", .javascript).count == 3)
        #expect(changes("x = 0..<5", .swift).count == 2)
        #expect(changes("import a\nb < c", .swift) == ["b < c -> b <= c"])
        #expect(changes("#define A 1\r\nb < c\r\n", .c) == ["b < c -> b <= c"])
        #expect(changes("return a[3]", .c) == ["return a[3] -> return a[4]"])
    }

    /// What a bracket before a `/` means nobody can tell without a parser, so such a line is left alone.
    @Test func whatMayBeARegularExpressionStays() {
        #expect(changes("if (a) /1 + 2/.test(b)\nc < d", .javascript) == ["c < d -> c <= d"])
    }

    @Test(arguments: ["const a = <p>Don't 1 + 2</p>;\nb < c", "return (\n<br />\n)\n1 + 2", "f(<></>, 1 + 2)"])
    func aScriptWithMarkupStays(text: String) { #expect(changes(text, .javascript) == []) }

    @Test func aLongLineIsShownAroundItsChange() {
        let long = String(repeating: "x", count: 200)
        let ends = (String(repeating: "x", count: 38), String(repeating: "x", count: 38))
        #expect(changes("\(long) < \(long)", .c) == ["…\(ends.0)x < x\(ends.1)… -> …\(ends.0)x <= x\(ends.1)…"])
    }

    /// Sources put together from pieces whose kind is known: changes are in code, and each is in one place.
    @Test func changesAreInCodeWhateverStandsBesideIt() {
        var dice = Dice(seed: 11)
        let literals: [SourceLanguage: [String]] = [
            .c: ["/* 1 < 2 */", "\"a + 1\\\"\"", "'+'"], .cpp: ["// true\n", "R\"(1 < \")\"", "\"'1\""],
            .go: ["`1 + \"2`", "'1'", "// !a\n"], .java: ["\"\"\"\n1 < 2 \"x\" \"\"\"", "'1'", "/** a + b */"],
            .javascript: ["`a ${1 + `${2}` + \"}\"} 3`", "'1 < 2'", "// true\n"],
            .typescript: ["`${{ a: 1 }} 2`", "\"1\"", "/* ` */"],
            .rust: ["r#\"1 + \"2\"#", "b'1'", "/* /* 1 */ 2 < 3 */", "\"\\\"1\""],
            .swift: ["\"a \\(b + \"1\") 2\"", "#\"1 \" 2\"#", "/* /* 1 */ */", "\"\"\"\n1 \"2\" \n\"\"\""],
        ]
        for _ in 1...1_000 {
            let language = dice.pick(SourceLanguage.allCases.filter { $0 != .python })
            var (text, code): ([UInt8], [Range<Int>]) = ([], [])
            for _ in 1...dice.roll(1...8) {
                let isCode = dice.once(in: 2)
                let piece =
                    isCode
                    ? dice.pick(["a < b", "f(1)", "c + 2", "true", "!d"]) : dice.pick(literals[language] ?? [""])
                if isCode { code.append(text.count..<text.count + piece.utf8.count) }
                text += Array("\(piece), ".utf8)
            }
            for change in OperatorMutants.changes(in: text, of: language) {
                #expect(
                    code.contains {
                        $0.lowerBound <= change.range.lowerBound && change.range.upperBound <= $0.upperBound
                    },
                    "\(String(decoding: text, as: UTF8.self)) at \(change.range)"
                )
            }
            #expect(OperatorMutants.changes(in: text, of: language).count >= code.count)
        }
    }

    /// Whatever the bytes are: the lexer ends, its tokens follow one another, and a mutant differs in its place alone.
    @Test func anyBytesAreRead() {
        var dice = Dice(seed: 12)
        let marks = Array("\"'`#/\\*(){}[]<>!=+-&|.$@rRbu8\n\r\t 019aZ_".utf8) + [0, 0x80, 0xC3, 0xF0, 0xFF]
        for _ in 1...3_000 {
            let bytes = (0..<dice.roll(0...60)).map { _ in
                dice.once(in: 10) ? UInt8(dice.roll(0...255)) : dice.pick(marks)
            }
            let language = dice.pick(SourceLanguage.allCases)
            var end = 0
            for token in SourceLexer.tokens(of: bytes, in: language) {
                #expect(token.range.lowerBound >= end && token.range.upperBound <= bytes.count && !token.range.isEmpty)
                end = token.range.upperBound
            }
            for change in OperatorMutants.changes(in: bytes, of: language) {
                let mutant = Mutant(file: "a", range: change.range, replacement: change.replacement, kind: change.kind)
                let changed = mutant.applied(to: bytes)
                #expect(changed != bytes)
                #expect(changed.starts(with: bytes[..<change.range.lowerBound]))
                #expect(changed.suffix(bytes.count - change.range.upperBound) == bytes[change.range.upperBound...])
                #expect(MutantPlace(of: mutant, in: bytes).line >= 1)
            }
        }
    }

    /// Open brackets, texts and comments within one another cost room, but no stack.
    @Test(
        arguments: [
            ("`${", .javascript), ("\"\\(", .swift), ("/*", .rust), ("(", .c), ("#[", .rust), ("/[", .typescript),
        ] as [(String, SourceLanguage)]
    )
    func whatIsNestedDeeplyIsRead(piece: String, language: SourceLanguage) {
        let text = Array(String(repeating: piece, count: 20_000).utf8)
        #expect(SourceLexer.tokens(of: text, in: language).count <= text.count)
    }
}
