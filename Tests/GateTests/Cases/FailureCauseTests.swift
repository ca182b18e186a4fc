import PipelineKit
import PipelineTesting
import Testing

@testable import GateKit

/// When two failing cases have one cause, as far as their messages tell.
struct FailureCauseTests {
    private func cause(_ message: String, _ outcome: TestCase.Outcome = .failed) -> FailureCause? {
        FailureCause(of: TestCase("a", outcome, message))
    }

    @Test(
        arguments: [
            ("E   KeyError: 'user-17'", "E   KeyError: 'user-4'"),
            ("E   OSError: no file '/tmp/a1/x.txt'", "E   OSError: no file '/var/b/x.txt'"),
            (
                "a.py:3: in f\n    g(1)\nE   ValueError: bad id 3f2a9c81d",
                "b.py:9: in h\nE   ValueError: bad id 77aa9c81e"
            ),
            (
                "E   assert 500 == 200\nE    +  where 500 = <Response [500]>.status",
                "E   assert 404 == 200\nE    +  where 404 = <Response [404]>.status"
            ),
            ("TypeError: x is no function\n    at f (a.js:3:5)", "TypeError: x is no function\n    at g (b.js:9:1)"),
            ("Traceback\n  File \"a.py\", line 3, in f\nzlib.error: no\nValueError: at 0x7f3a", "ValueError: at 0x11"),
            ("Expectation failed: (add(1, 2) → -1) == 3", "Expectation failed: (add(4, 2) → 2) == 6"),
            ("Exception: SegFault", "Exception: SegFault"),
        ]
    )
    func whatDiffersInNumbersIsOneCause(one: String, other: String) {
        #expect(cause(one) == cause(other))
    }

    @Test(
        arguments: [
            ("E   KeyError: 'name'", "E   KeyError: 'mail'"),
            ("E   ModuleNotFoundError: No module named 'a'", "E   ModuleNotFoundError: No module named 'b'"),
            ("    assert f(1) == 3\nE   assert 2 == 3", "    assert g(1) == 4\nE   assert 1 == 4"),
            (
                "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n-1 !== 3",
                "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n7 !== 8"
            ),
            ("a.c:9: got -1, not 3", "a.c:12: got -1, not 3"), ("E   assert 'a' == 'b'", "E   assert 'c' == 'b'"),
            ("AssertionError: expected: <3> but was: <4>", "AssertionError: expected: <1> but was: <2>"),
            ("OSError: '/tmp/a.txt'", "OSError: '/tmp/b.txt'"),
        ]
    )
    func whatIsSaidOfOtherThingsIsAnother(one: String, other: String) {
        #expect(cause(one) != cause(other))
    }

    @Test func aBrokenSetUpIsNoFailedAssertion() {
        #expect(cause("ValueError: no", .failed) != cause("ValueError: no", .error))
    }

    @Test func whoSaysNothingHasNoCause() {
        #expect(cause("") == nil)
        #expect(cause(" \n\n") == nil)
    }

    @Test(
        arguments: [
            ("id 3f2a9c81 at 0x7f3a, 1.5 of 20", "id # at #, #.# of #"), ("test_12a3", "test_#a#"),
            ("'/tmp/x-1/conf.yaml'", "'/…/conf.yaml'"), ("/etc", "/etc"), ("a/b/c", "a/b/c"),
            ("calc.c:9: 3", "calc.c:9: #"),
            ("1/2 is -3, not (-4)", "#/# is #, not (#)"), ("2020-12-01 a-1", "#-#-# a-#"), ("deadbeef", "deadbeef"),
            ("", ""),
        ]
    )
    func whatMayDifferIsMadeEqual(text: String, level: String) { #expect(FailureCause.levelled(text) == level) }

    /// What is level already stays, whatever the text.
    @Test func levellingTwiceIsLevellingOnce() {
        var dice = Dice(seed: 14)
        let pieces = [
            "0x1f", "12", "/tmp/a", "'", "a.c:", ":", "#", "…", "/", " ", "abc", "3f2a9c81", ".", "\n", "é", "_",
        ]
        for _ in 1...2_000 {
            let text = (0..<dice.roll(0...8)).map { _ in dice.pick(pieces) }.joined()
            let once = FailureCause.levelled(text)
            #expect(FailureCause.levelled(once) == once, "\(text)")
            #expect(!once.split(whereSeparator: \.isWhitespace).contains("0x1f"), "\(text)")
        }
    }
}
