import PipelineEngine
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import MContract

/// Whatever happens in whatever order, nobody is told of a question more than three times, nor after its answer.
@Suite(.timeLimit(.minutes(5)))
struct PushSequenceTests {
    /// What people were told, and whether it was still to be told.
    private final class Told: PushChannel {
        let asked: Asked
        private let state = Mutex((levels: [String: [Int]](), late: [String](), dice: Dice(seed: 0)))

        init(_ asked: Asked, seed: UInt64) {
            self.asked = asked
            state.withLock { $0.dice = Dice(seed: seed) }
        }

        var name: String { "told" }
        var levels: [String: [Int]] { state.withLock { $0.levels } }
        var late: [String] { state.withLock { $0.late } }

        func send(_ message: PushMessage) async -> PushOutcome {
            let isOpen = asked.isOpen(message.run, message.approval)
            return state.withLock { state in
                if !isOpen { state.late.append(message.id) }
                guard !state.dice.once(in: 4) else { return .later }
                state.levels[message.id, default: []].append(message.level)
                return .sent
            }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>) func noneIsToldTooOftenOrTooLate(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let trial = PushTrial()
        let told = Told(trial.asked, seed: seed + 1)
        var desks = [trial.desk([told]), trial.desk([told])]
        var asked = 0
        for _ in 0..<60 {
            switch dice.roll(0...7) {
            case 0, 1:
                asked += 1
                trial.asked.ask("r\(asked % 5)", "a\(asked)", at: trial.clock.now)
            case 2: answerOne(trial.asked, &dice)
            case 3: trial.clock.advance(by: .seconds(dice.roll(0...2_400)))
            case 4: desks[dice.roll(0...1)] = trial.desk([told])  // a restart
            case 5: _ = try await dice.pick(desks).take()  // killed between the record and the message
            case 6:
                let desk = dice.pick(desks)
                let messages = try await desk.take()
                if dice.once(in: 2) { answerOne(trial.asked, &dice) }
                for message in messages { await desk.tell(message) }
            default: try await dice.pick(desks).look()
            }
        }
        #expect(told.late.isEmpty)
        for (question, levels) in told.levels {
            #expect(levels == levels.sorted() && Set(levels).count == levels.count && levels.count <= 3, "\(question)")
        }
        try await desks[0].look()
        let open = Set(trial.asked.all.map { Question.name($0.approval.id, of: $0.run) })
        #expect(Set(try await trial.records().map(\.id)) == open)
    }

    private func answerOne(_ asked: Asked, _ dice: inout Dice) {
        guard !asked.all.isEmpty else { return }
        let one = dice.pick(asked.all)
        asked.answer(one.run.value, one.approval.id.value)
    }
}
