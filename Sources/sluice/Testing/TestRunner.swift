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
struct TestRunner: Sendable {
    private let session: Session
    /// A directory of this runner alone.
    private let root: String

    init(_ session: Session, in root: String) {
        self.session = session
        self.root = root
    }

    /// - Parameter tell: Is given each result in the order of the tests, as soon as it is known.
    func play(_ tests: [PlannedTest], tell: (TestResult) -> Void) async -> [TestResult] {
        let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return await withTaskGroup(of: (Int, TestResult).self) { group in
            var waiting = tests.enumerated().makeIterator()
            func begin() {
                guard let (index, planned) = waiting.next() else { return }
                group.addTask { (index, await result(planned, index)) }
            }
            for _ in 0..<processors { begin() }
            var results: [TestResult?] = Array(repeating: nil, count: tests.count)
            var told = 0
            while let (index, result) = await group.next() {
                results[index] = result
                begin()
                while told < results.count, let next = results[told] {
                    tell(next)
                    told += 1
                }
            }
            return results.compactMap(\.self)
        }
    }

    private func result(_ planned: PlannedTest, _ index: Int) async -> TestResult {
        let clock = ContinuousClock()
        let began = clock.now
        let problems = await problems(planned, index)
        return TestResult(planned: planned, problems: problems, elapsed: clock.now - began)
    }

    private func problems(_ planned: PlannedTest, _ index: Int) async -> [String] {
        do throws(Failure) {
            switch planned.test.kill {
            case nil: return try await problems(planned, "\(index)", killingAt: nil).problems
            case .at(let number): return try await killed(planned, "\(index)", at: number)
            case .each: return try await killedEverywhere(planned, index)
            }
        } catch {
            return [error.message]
        }
    }

    /// The test as it stands, and then once for each event of that.
    private func killedEverywhere(_ planned: PlannedTest, _ index: Int) async throws(Failure) -> [String] {
        let undisturbed = try await problems(planned, "\(index)", killingAt: nil)
        guard undisturbed.problems.isEmpty else { return undisturbed.problems }
        for number in 1...max(1, undisturbed.events) {
            let found = try await killed(planned, "\(index)-\(number)", at: number)
            if !found.isEmpty { return found }
        }
        return []
    }

    private func killed(_ planned: PlannedTest, _ name: String, at number: Int) async throws(Failure) -> [String] {
        let when = "killed at event \(number): "
        do throws(Failure) {
            let (found, events) = try await problems(planned, name, killingAt: number)
            guard events >= number else {
                return ["kill: the run has \(events) events, so it cannot be killed at event \(number)"] + found
            }
            return found.map { when + $0 }
        } catch {
            throw Failure(error.kind, when + error.message)
        }
    }

    private func problems(
        _ planned: PlannedTest,
        _ name: String,
        killingAt number: Int?
    ) async throws(Failure) -> (problems: [String], events: Int) {
        let directory = "\(root)/\(name)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let stage = try await TestStage.set(planned, in: directory)
        let played = try await TestPlay(stage, session).play(killingAt: number)
        return (TestVerdict(played, planned.test).problems, played.events.count)
    }
}
