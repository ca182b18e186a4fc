import PipelineKit
import Testing

@testable import GateKit

/// What the model reads of failing cases and findings: each cause once, the likely ones first.
struct DetailsTests {
    private func details(_ cases: [TestCase]) -> String { Tally(cases).details }

    @Test func casesThatFailTheSameWayAreToldOnce() {
        let cases = (1...13).map { TestCase("t::\($0)", .failed, "x.py:\($0): in f\nE   ValueError: no user \($0)") }
        #expect(
            details(cases) == """
                t::1
                x.py:1: in f
                E   ValueError: no user 1
                12 more fail the same way: t::2, t::3, t::4 and 9 more

                """
        )
        #expect(details(Array(cases.prefix(2))).hasSuffix("\n1 more fails the same way: t::2\n"))
    }

    @Test func theLikelyCausesComeFirst() {
        let cases = [
            TestCase("t::one", .failed, "AssertionError: no one"), TestCase("t::db1", .error, "OSError: no database"),
            TestCase("t::a1", .failed, "ValueError: bad"), TestCase("t::db2", .error, "OSError: no database"),
            TestCase("t::broken", .error, "OSError: teardown"), TestCase("t::a2", .failed, "ValueError: bad"),
            TestCase("t::fine", .passed), TestCase("tests/test_b.py", .error, "NameError: x"),
            TestCase("t::inner", .failed, "ImportError: no x"),
        ]
        #expect(
            details(cases) == """
                t::inner
                ImportError: no x

                tests/test_b.py
                NameError: x

                t::a1
                ValueError: bad
                1 more fails the same way: t::a2

                t::db1
                OSError: no database
                1 more fails the same way: t::db2

                t::one
                AssertionError: no one

                t::broken
                OSError: teardown

                """
        )
    }

    @Test func aSetUpThatNoTestOutlivedComesFirst() {
        let cases = [
            TestCase("a::x", .failed, "ValueError: bad"), TestCase("a::y", .failed, "ValueError: bad"),
            TestCase("b::T::z", .error, "setUpClass\nOSError: no database"),
        ]
        #expect(details(cases).hasPrefix("b::T::z\nsetUpClass\n"))
    }

    @Test func casesThatSayNothingAreTheirOwnCause() {
        #expect(details([TestCase("a", .failed), TestCase("b", .failed)]) == "a\n\n\nb\n\n")
    }

    @Test func whatHasNoRoomIsCounted() {
        let cases = (1...40).map { index in
            let name = String(repeating: "\(Character(Unicode.Scalar(96 + UInt8(index % 26))))", count: 1 + index)
            return TestCase("t::\(index)", .failed, "Error: \(name)\n" + String(repeating: "x", count: 1_000))
        }
        let details = details(cases)
        #expect(details.utf8.count < 12_100)
        #expect(details.hasSuffix("\n[29 more failing tests are left out]\n"))
    }

    @Test func findingsInTheSameWordsAreToldOnce() {
        let same = (1...8).map { Verdict.Finding(.error, "Missing type", rule: "t", file: "a.py", line: $0) }
        let other = Verdict.Finding(.warning, "Unused 'x'", file: "b.py", line: 3)
        let broken = Verdict.Finding(.error, "SyntaxError: bad", file: "c.py", line: 1)
        let list = FindingList([other] + same + [broken])
        #expect(
            list.details == """
                c.py:1: error: SyntaxError: bad
                a.py:1: error: Missing type [t]
                  7 more like it: a.py:2, a.py:3, a.py:4, a.py:5, a.py:6, a.py:7, a.py:8
                b.py:3: warning: Unused 'x'

                """
        )
        #expect(list.findings.map(\.line) == [3] + Array(1...8) + [1], "The order of the report stays.")
        let few = FindingList(Array(same.prefix(5))).details
        #expect(few.split(separator: "\n").count == 5)
    }
}
