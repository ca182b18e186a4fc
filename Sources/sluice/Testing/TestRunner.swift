import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// A test that was played, and what was wrong.
struct TestResult: Sendable {
    var planned: PlannedTest
    var problems: [String]
    var elapsed: Duration

    var passed: Bool { problems.isEmpty }
    var name: String { "\(planned.file): \(planned.test.name)" }
}

/// Plays tests, as many at once as there are processors, each in a directory of its own that is removed afterwards.
///
/// A test that is killed at each event is played once undisturbed, and then, when all others have been, once for each.
struct TestRunner: Sendable {
    /// One play of a test.
    private struct Play: Sendable {
        var index: Int
        var kill: Int?
    }

    private struct Outcome: Sendable {
        var play: Play
        var problems: [String]
        /// How many events were recorded.
        var events: Int
        var elapsed: Duration
    }

    private let session: Session
    /// A directory of this runner alone.
    private let root: String
    private let tests: [PlannedTest]

    init(_ tests: [PlannedTest], _ session: Session, in root: String) {
        self.tests = tests
        self.session = session
        self.root = root
    }

    /// How far the tests are.
    private struct Progress {
        var results: [TestResult]
        /// Of each test, how many plays are to come.
        var open: [Int]
        var told = 0

        mutating func note(_ outcome: Outcome) {
            let index = outcome.play.index
            results[index].elapsed += outcome.elapsed
            open[index] -= 1
            // Of several plays of a test, the first that went wrong is enough.
            if results[index].problems.isEmpty { results[index].problems = outcome.problems }
        }

        mutating func tell(_ tell: (TestResult) -> Void) {
            while told < results.count, open[told] == 0 {
                tell(results[told])
                told += 1
            }
        }
    }

    /// - Parameter tell: Is given each result in the order of the tests, as soon as it is known.
    func play(tell: (TestResult) -> Void) async -> [TestResult] {
        let results = tests.map { TestResult(planned: $0, problems: [], elapsed: .zero) }
        var progress = Progress(results: results, open: tests.map { _ in 1 })
        var further: [Play] = []
        await pool(tests.enumerated().map { Play(index: $0, kill: $1.test.kill?.number) }) { outcome in
            progress.note(outcome)
            let index = outcome.play.index
            if case .each? = tests[index].test.kill, outcome.problems.isEmpty {
                further += (1...max(1, outcome.events)).map { Play(index: index, kill: $0) }
                progress.open[index] = max(1, outcome.events)
            }
            progress.tell(tell)
        }
        await pool(further.sorted { ($0.index, $0.kill ?? 0) < ($1.index, $1.kill ?? 0) }) { outcome in
            progress.note(outcome)
            progress.tell(tell)
        }
        return progress.results
    }

    /// Plays as many at once as there are processors.
    private func pool(_ plays: [Play], _ take: (Outcome) -> Void) async {
        let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        await withTaskGroup(of: Outcome.self) { group in
            var waiting = plays.makeIterator()
            var failed: Set<Int> = []
            func begin() {
                while let play = waiting.next() {
                    guard !failed.contains(play.index) else {
                        take(Outcome(play: play, problems: [], events: 0, elapsed: .zero))
                        continue
                    }
                    group.addTask { await outcome(play) }
                    return
                }
            }
            for _ in 0..<processors { begin() }
            while let outcome = await group.next() {
                if !outcome.problems.isEmpty { failed.insert(outcome.play.index) }
                take(outcome)
                begin()
            }
        }
    }

    private func outcome(_ play: Play) async -> Outcome {
        let clock = ContinuousClock()
        let began = clock.now
        let when = play.kill.map { "killed at event \($0): " } ?? ""
        do throws(Failure) {
            let (found, events) = try await problems(play)
            let problems = found.map { when + $0 }
            return Outcome(play: play, problems: problems, events: events, elapsed: clock.now - began)
        } catch {
            return Outcome(play: play, problems: [when + error.message], events: 0, elapsed: clock.now - began)
        }
    }

    private func problems(_ play: Play) async throws(Failure) -> (problems: [String], events: Int) {
        let planned = tests[play.index]
        let directory = "\(root)/\(play.index)\(play.kill.map { "-\($0)" } ?? "")"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let stage = try await TestStage.set(planned, in: directory)
        let played = try await TestPlay(stage, session).play(killingAt: play.kill)
        var problems = TestVerdict(played, planned.test).problems
        if play.kill != nil, !played.wasKilled {
            problems.insert("no process was killed: the run has \(played.events.count) events", at: 0)
        }
        return (problems, played.events.count)
    }
}
