import GateKit
import PipelineKit
import Testing

/// Reports as bytes, honest and hostile.
struct JUnitReportTests {
    private func report(_ body: String, _ head: String = #"failures="0" errors="0""#) throws -> JUnitReport {
        let document =
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites><testsuite \(head)>\(body)</testsuite></testsuites>"
        return try JUnitReport(xml: Array(document.utf8))
    }

    @Test func aCaseHasItsIDOutcomeMessageAndTime() throws {
        let read = try report(
            """
            <testcase classname="t.test_a.TestX" name="test_x[1]" file="t/test_a.py" line="4" time="0.25">
            <properties><property name="more" value="1"/></properties>
            <failure message="assert 1 == 2">first &lt; second
            E   assert 1 == 2</failure><system-out>noise</system-out></testcase>
            """,
            #"failures="1" errors="0""#
        )
        var expected = TestCase(
            "t.test_a.TestX::test_x[1]",
            .failed,
            "first < second\nE   assert 1 == 2",
            seconds: 0.25
        )
        expected.file = "t/test_a.py"
        expected.line = 4
        #expect(read == JUnitReport(cases: [expected], failures: 1))
    }

    @Test(arguments: [
        (#"classname="" name="x""#, "x"), (#"classname="tests.test_a" name="TestX""#, "tests.test_a::TestX"),
        (#"name="x" file="a.py""#, "a.py::x"), (#"name="x""#, "s::x"), ("", "s::"),
    ])
    func aCaseIsNamedByItsClassOrWhatStandsForIt(attributes: String, id: String) throws {
        #expect(try report("<testcase \(attributes)/>", #"name="s""#).cases.map(\.id) == [id])
    }

    @Test func aTestThatIsReportedTwiceHasItsWorstOutcome() throws {
        let body = ["", "<skipped message='s'/>", "<failure message='f'/>", "<error message='e'/>", ""]
            .map { "<testcase classname='a' name='b'>\($0)</testcase>" }.joined()
        #expect(try report(body).cases == [TestCase("a::b", .failed, "f")])
    }

    @Test(arguments: [
        ("", "Line 1: no element found."),
        ("<testsuites><testsuite>", "Line 1: no element found."),
        ("<testsuites>\n<testsuite></testsuites>", "Line 2: mismatched tag."),
        ("PK\u{3}\u{4}", "Line 1: not well-formed (invalid token)."),
        (String(repeating: "<a>", count: 100_000), "Line 1: elements stand in each other more than 32 deep."),
        (
            "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<x>&b;</x>",
            "Line 1: a document type declaration is not allowed here."
        ),
        ("<testsuite name='&undeclared;'/>", "Line 1: undefined entity."),
    ])
    func aReportThatIsNoneSaysWhere(document: String, message: String) {
        #expect(throws: Failure(.invalidInput, message)) { _ = try JUnitReport(xml: Array(document.utf8)) }
    }

    @Test func aReportThatIsTooLargeIsNotRead() {
        var limits = XMLReader.Limits()
        limits.bytes = 10
        #expect(throws: Failure(.invalidInput, "It has 11 bytes; at most 10 are read.")) {
            try XMLReader.read(Array("<a>text</a>".utf8), limits: limits) { _ in }
        }
    }

    /// Every prefix of a report, and every report with one byte changed, is read or refused, and never traps.
    @Test func damagedReportsAreReadOrRefused() {
        let whole = Array(
            "<testsuites><testsuite errors='1'><testcase classname='a' name='é' file='a.py'><error message='m'>t&amp;</error></testcase></testsuite></testsuites>"
                .utf8
        )
        var refused = 0
        for index in whole.indices {
            for damaged in [Array(whole[..<index])]
                + ([0, 0x3C, 0x26, 0x80, 0xFF] as [UInt8]).map({ byte in
                    var copy = whole
                    copy[index] = byte
                    return copy
                })
            {
                do { _ = try JUnitReport(xml: damaged) } catch { refused += 1 }
            }
        }
        #expect(refused > whole.count)
    }

    @Test func aLongMessageKeepsItsEnds() throws {
        let text = "start" + String(repeating: "é", count: 5_000) + "end"
        let message = try report("<testcase name='x'><failure>\(text)</failure></testcase>").cases[0].message
        #expect(message.hasPrefix("starté") && message.hasSuffix("éend"))
        #expect(message.contains("\n[... 6010 bytes left out ...]\n"))
        #expect(message.utf8.count < 4_050)
    }
}
