import PipelineEngine
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import MContract

/// What is open is told, three times at most, by whichever server is there.
@Suite(.timeLimit(.minutes(5)))
struct PushDeskTests {
    private let trial = PushTrial()

    @Test func aQuestionIsToldToEveryChannel() async throws {
        let (first, second) = (KeptChannel("ntfy"), KeptChannel("webhook"))
        trial.asked.ask("r1", at: trial.clock.now)
        trial.asked.ask("r2", "a7", at: trial.clock.now + .seconds(1), form: true, question: "Tabs or spaces?")
        try await trial.desk([first, second]).look()
        #expect(first.messages == second.messages)
        let told = first.messages
        #expect(told.map(\.id) == ["r1.a1", "r2.a7"])
        #expect(told.map(\.title) == ["fix-tests asks for approval", "fix-tests asks for an answer"])
        #expect(told.map(\.body) == ["May it?", "Tabs or spaces?"])
        #expect(told.map(\.kind) == [.approval, .input])
        #expect(told.map(\.badge) == [2, 2] && told.map(\.level) == [0, 0])
        #expect(trial.log.all.isEmpty)
    }

    @Test func itIsToldAgainAfterFifteenMinutesAndAfterAnHour() async throws {
        let channel = KeptChannel()
        let desk = trial.desk([channel])
        let start = trial.clock.now
        trial.asked.ask("r1", at: start)
        var minutes: [Int] = []
        for minute in 0...240 {
            let before = channel.messages.count
            try await desk.look()
            if channel.messages.count > before { minutes.append(minute) }
            trial.clock.advance(by: .seconds(60))
        }
        #expect(minutes == [0, 15, 60])
        #expect(channel.messages.map(\.level) == [0, 1, 2])
        #expect(channel.messages.last?.title == "fix-tests still waits for approval")
    }

    @Test func anAnswerEndsItAndItsRecord() async throws {
        let channel = KeptChannel()
        let desk = trial.desk([channel])
        trial.asked.ask("r1", at: trial.clock.now)
        try await desk.look()
        #expect(try await trial.records().map(\.id) == ["r1.a1"])
        trial.asked.answer("r1")
        trial.clock.advance(by: .seconds(3_600))
        try await desk.look()
        #expect(channel.messages.count == 1)
        #expect(try await trial.records().isEmpty)
    }

    @Test func anAnswerThatComesBeforeTheMessageIsOutKeepsItIn() async throws {
        let channel = KeptChannel()
        let desk = trial.desk([channel])
        trial.asked.ask("r1", at: trial.clock.now)
        let messages = try await desk.take()
        trial.asked.answer("r1")
        for message in messages { await desk.tell(message) }
        #expect(messages.count == 1 && channel.messages.isEmpty)
    }

    @Test func anAnswerEndsFurtherAttempts() async throws {
        let asked = trial.asked
        let channel = KeptChannel { _, _ in
            asked.answer("r1")
            return .later
        }
        trial.asked.ask("r1", at: trial.clock.now)
        try await trial.desk([channel]).look()
        #expect(channel.messages.count == 1)
        #expect(trial.log.all.isEmpty)
    }

    @Test func aCrashBetweenTheRecordAndTheMessageLosesThatOneAlone() async throws {
        let channel = KeptChannel()
        trial.asked.ask("r1", at: trial.clock.now)
        let lost = try await trial.desk([channel]).take()
        #expect(lost.map(\.level) == [0])
        let restarted = trial.desk([channel])
        try await restarted.look()
        #expect(channel.messages.isEmpty)
        trial.clock.advance(by: .seconds(900))
        try await restarted.look()
        #expect(channel.messages.map(\.level) == [1])
    }

    @Test func aServerThatWasAwayForTwoHoursTellsOnce() async throws {
        let channel = KeptChannel()
        trial.asked.ask("r1", at: trial.clock.now)
        try await trial.desk([channel]).look()
        trial.clock.advance(by: .seconds(7_200))
        let restarted = trial.desk([channel])
        for _ in 0..<5 {
            try await restarted.look()
            trial.clock.advance(by: .seconds(1_800))
        }
        #expect(channel.messages.map(\.level) == [0, 2])
    }

    @Test func ofSeveralServersOneTells() async throws {
        let channel = KeptChannel()
        let gathering = Gathering(of: 4)
        var questions = trial.asked.questions
        // All have read the records before one of them writes any.
        questions.all = { [asked = trial.asked] () async throws(ServiceError) in
            await gathering.arrive()
            return asked.all
        }
        let desks = (0..<4).map { _ in trial.desk([channel], asking: questions) }
        for run in 0..<20 { trial.asked.ask("r\(run)", at: trial.clock.now) }
        try await withThrowingDiscardingTaskGroup { group in
            for desk in desks { group.addTask { try await desk.look() } }
        }
        #expect(Set(channel.messages.map(\.id)).count == 20 && channel.messages.count == 20)
    }

    /// Lets nobody go on before all are there.
    private final class Gathering: Sendable {
        private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
        private let count: Int

        init(of count: Int) { self.count = count }

        func arrive() async {
            await withCheckedContinuation { arrival in
                let all = waiting.withLock { waiting in
                    waiting.append(arrival)
                    return waiting.count == count ? waiting : []
                }
                for one in all { one.resume() }
            }
        }
    }

    @Test func aRecordStaysWhenAPageOfTheListLeftItsQuestionOut() async throws {
        let channel = KeptChannel()
        trial.asked.ask("r1", at: trial.clock.now)
        try await trial.desk([channel]).look()
        let asked = trial.asked
        let short = OpenQuestions { () async throws(ServiceError) in
            []
        } isOpen: { run, approval async throws(ServiceError) in
            asked.isOpen(run, approval)
        }
        try await trial.desk([channel], asking: short).look()
        #expect(try await trial.records().map(\.id) == ["r1.a1"])
        try await trial.desk([channel]).look()
        #expect(channel.messages.count == 1)
    }

    /// More than fit on a page, of runs that ask one question or two.
    @Test func allQuestionsOfAllRunsAreFound() async throws {
        let store = MemoryStore()
        for number in 0..<1_203 {
            let run = RunID("r\(number)")
            let questions = (0...number % 2).map { Asked.row("a\($0 + 1)") }
            let details: JSONValue = ["approvals": ["a1"], "questions": .array(questions)]
            let row = StoreSamples.summary(of: run, at: 1, status: .waiting, details: details)
            try await store.append(Batch(run: run, events: [StoreSamples.event(1, of: run)], summary: row))
        }
        let found = try await OpenQuestions(PushTrial(over: store).services.approvals).all()
        #expect(Set(found.map { Question.name($0.approval.id, of: $0.run) }).count == 1_203 + 601)
        #expect(found.count == 1_203 + 601)
    }

    @Test func aRunThatIsGoneAsksNothing() async throws {
        #expect(try await OpenQuestions(trial.services.approvals).isOpen("nowhere", "a1") == false)
    }

    // The loop

    @Test func itTellsForAsLongAsItRuns() async throws {
        let clock = ManualClock()
        let (told, bell) = AsyncStream<PushMessage>.makeStream()
        let channel = KeptChannel { message, _ in
            bell.yield(message)
            return .sent
        }
        let desk = trial.desk([channel], clock: clock.clock)
        await withDiscardingTaskGroup { group in
            group.addTask { await desk.run() }
            group.addTask {
                // Time goes on until it is told that it is enough.
                while !Task.isCancelled {
                    clock.advance(by: .seconds(60))
                    await Task.yield()
                }
            }
            trial.asked.ask("r1", at: clock.now)
            var levels: [Int] = []
            for await message in told {
                levels.append(message.level)
                if message.level == 2 { break }
            }
            #expect(levels == levels.sorted() && Set(levels).count == levels.count)
            group.cancelAll()
        }
        #expect(channel.messages.count <= 3)
    }

    @Test func aStoreThatDoesNotAnswerIsToldOnce() async throws {
        let count = Mutex(0)
        let (looked, bell) = AsyncStream<Void>.makeStream()
        let failing = OpenQuestions { () async throws(ServiceError) in
            if count.withLock({
                $0 += 1
                return $0
            }) == 5 {
                bell.yield()
            }
            throw .invalid("The store is away.")
        } isOpen: { _, _ async throws(ServiceError) in
            true
        }
        let clock = ManualClock()
        let desk = trial.desk([], clock: clock.clock, asking: failing)
        await withDiscardingTaskGroup { group in
            group.addTask { await desk.run() }
            group.addTask {
                while !Task.isCancelled {
                    clock.advance(by: .seconds(2))
                    await Task.yield()
                }
            }
            for await _ in looked { break }
            group.cancelAll()
        }
        #expect(trial.log.all.map { $0["failed"] } == ["The store is away."])
    }
}
