import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// A program that is no part of a run tells of its work, which changes nothing but that files may have changed.
struct OutsideReportTests {
    private let idle = OutsideQuestionTests.idle
    static let begun = OutsideReport.callBegun(id: "c1", tool: "Bash", input: ["command": "make"])
    static let ended = OutsideReport.callEnded(
        id: "c1",
        tool: "Bash",
        isError: false,
        duration: .seconds(2),
        error: nil
    )

    private func reporting(_ reports: OutsideReport...) throws -> RunState {
        idle.after(try idle.when(.report(reports)))
    }

    @Test func reportsAreRecordedInTheirOrder() throws {
        let reports =
            [.output(.stdout, "Building.\n"), Self.begun, Self.ended, .output(.stderr, "?")] as [OutsideReport]
        #expect(try idle.when(.report(reports)) == reports.map(Event.Payload.reported))
    }

    @Test(arguments: [begun, .output(.stdout, "x"), .output(.stderr, "")]) func nothingChangesButTheFiles(
        report: OutsideReport
    ) throws {
        #expect(idle.filesAreKnown)
        #expect(idle.unchangedSince == 0)
        let state = try reporting(report)
        #expect(!state.filesAreKnown)
        #expect(state.unchangedSince == nil)
        #expect(state.sequence == idle.sequence + 1)
        #expect(state.effects == idle.effects)
        #expect(state.messages == idle.messages)
        #expect(state.status == idle.status)
        #expect(state.pendingApprovals.isEmpty && state.spent == idle.spent && state.calls == idle.calls)
    }

    @Test func aCallThatIsUnderWayDoesNotBeginAgain() throws {
        let state = try reporting(Self.begun)
        #expect(throws: Refusal.notTaken("Report 1: The call 'c1' has begun already.")) {
            try state.when(.report([Self.begun]))
        }
        let over = state.after(try state.when(.report([Self.ended])))
        #expect(try over.when(.report([Self.begun])) == [.reported(Self.begun)])
    }

    @Test func aCallEndsThatHasBegunAndOnce() throws {
        let words = "Report 1: The call 'c1' has not begun, or has ended already."
        #expect(throws: Refusal.notTaken(words)) { try idle.when(.report([Self.ended])) }
        let over = try reporting(Self.begun, Self.ended)
        #expect(throws: Refusal.notTaken(words)) { try over.when(.report([Self.ended])) }
    }

    @Test func allMistakesAreToldAndNothingIsRecorded() throws {
        let words =
            "Report 2: The call 'c1' has begun already. Report 3: The call 'c2' has not begun, or has ended already."
        let other = OutsideReport.callEnded(id: "c2", tool: "Bash", isError: true, duration: .zero, error: "No.")
        #expect(throws: Refusal.notTaken(words)) { try idle.when(.report([Self.begun, Self.begun, other])) }
    }

    @Test func soManyCallsMayBeUnderWay() throws {
        let all = (1...1_000).map { OutsideReport.callBegun(id: "c\($0)", tool: "Bash", input: .null) }
        let state = idle.after(try idle.when(.report(all)))
        #expect(state.outside.calls.count == 1_000)
        let words = "Report 1: 1000 calls are under way, and they are the most: tell of their ends first."
        let another = OutsideReport.callBegun(id: "another", tool: "Bash", input: .null)
        #expect(throws: Refusal.notTaken(words)) { try state.when(.report([another])) }
        #expect(try state.when(.report([Self.ended, another])).count == 2)
    }

    @Test func aRunThatHasEndedTakesNoneAndItsCallsAreOver() throws {
        let state = try reporting(Self.begun).after([.runFinished(.failed, reason: "No.")])
        #expect(throws: Refusal.alreadyFinished(.failed)) { try state.when(.report([Self.ended])) }
        let again = state.after([.runReopened(by: "ada")])
        #expect(again.outside.calls.isEmpty)
        #expect(try again.when(.report([Self.begun])) == [.reported(Self.begun)])
    }

    @Test func aRowOfAListIsNotWrittenWithEachOfThem() throws {
        let asking = OutsideQuestionTests.asking
        var draft = Draft(after: asking, at: asking.updatedAt)
        draft.add([.reported(Self.begun)])
        #expect(!draft.changesList(from: asking, listedAt: draft.at))
        #expect(draft.changesList(from: asking, listedAt: draft.at + .seconds(-1)))
        draft.add([.messageAdded("x", by: "ada")])
        #expect(draft.changesList(from: asking, listedAt: draft.at))
    }

    /// Whatever stands in the store is read and written again without a trap.
    @Test(arguments: [0, 1, 1_499, 31_622_400_000, .max]) func aTimeIsReadAsItWasWritten(milliseconds: Int) throws {
        let body = #"{"call":"c1","milliseconds":\#(milliseconds),"tool":"Bash","what":"call_ended"}"#
        let row = StoredEvent(
            sequence: 1,
            type: "outside.reported",
            version: 1,
            body: Array(body.utf8),
            at: .start,
            digest: Chain.start
        )
        let event = try EventCodec.decode(row)
        #expect(String(decoding: EventCodec.encode(event.payload).body, as: UTF8.self) == body)
    }

    @Test(arguments: [
        (Duration.microseconds(1_499), 1), (.microseconds(1_500), 2), (.seconds(-5), 0), (.seconds(Int.max), .max),
    ])
    func aTimeIsRecordedToTheMillisecond(duration: Duration, milliseconds: Int) {
        let report = OutsideReport.callEnded(id: "c", tool: "t", isError: false, duration: duration, error: nil)
        #expect(report.body["milliseconds"] == .int(milliseconds))
    }

    @Test func anotherRunThatIsToldTheSameDoesTheSame() {
        let events = [Self.begun, .output(.stdout, "x"), Self.ended].map(Event.Payload.reported)
        let rows = Chain.rows(events, after: 0, head: Chain.start, at: .start)
        let deeds = RunDeeds(rows.compactMap { try? EventCodec.decode($0) })
        #expect(deeds.done.map(\.words) == [#"is told of a call of Bash {"command":"make"}"#])
    }
}
