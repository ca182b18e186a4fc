import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

@testable import MContract

/// When people are told of a question: a value and a clock.
struct TellingTests {
    private let asked = Instant.start
    private var new: Telling { Telling(askedAt: asked) }

    private func after(_ minutes: Int) -> Instant { asked + .seconds(60 * minutes) }

    @Test func aQuestionIsToldAtOnce() {
        #expect(new.told(at: asked)?.level == 0)
        #expect(new.told(at: asked)?.due == after(15))
    }

    @Test func itIsToldThreeTimesInAnHourAndThenNoMore() {
        var telling = new
        var told: [Int] = []
        for minute in 0...600 {
            guard let next = telling.told(at: after(minute)) else { continue }
            told.append(minute)
            telling = next
        }
        #expect(told == [0, 15, 60])
        #expect(telling.due == nil)
    }

    @Test(arguments: [(0, 1), (14, 1), (15, 2), (59, 2), (60, 3), (120, 3), (100_000, 3)])
    func whoWasAwayIsToldOnce(minutes: Int, used: Int) throws {
        let told = try #require(new.told(at: after(minutes)))
        #expect(told.used == used)
        #expect(told.told(at: after(minutes)) == nil)
    }

    @Test func aQuestionOfAnotherClockIsToldAtOnce() {
        #expect(Telling(askedAt: after(5)).told(at: asked)?.used == 1)
    }

    @Test func aRecordIsReadAsItWasWritten() {
        var telling = new
        telling.used = 2
        #expect(Telling(StoredRecord(id: "r.a1", version: 1, body: telling.body)) == telling)
    }

    @Test(
        arguments: [.null, [:], ["asked_at": 1], ["asked_at": 1, "used": 4], ["asked_at": "1", "used": 1]]
            as [JSONValue]
    )
    func anotherRecordIsNone(body: JSONValue) {
        #expect(Telling(StoredRecord(id: "r.a1", version: 1, body: body)) == nil)
    }

    /// Whatever time passes between looks, nobody is told more than three times, and never twice for one moment.
    @Test(arguments: 0..<200 as Range<UInt64>) func noQuestionIsToldMoreThanThreeTimes(seed: UInt64) {
        var dice = Dice(seed: seed)
        var (now, telling, levels) = (asked, new, [Int]())
        for _ in 0..<40 {
            now = now + .seconds(dice.roll(-120...1_800))
            guard let next = telling.told(at: now) else { continue }
            telling = next
            levels.append(next.level)
        }
        #expect(levels == levels.sorted() && Set(levels).count == levels.count && levels.count <= 3)
    }
}
