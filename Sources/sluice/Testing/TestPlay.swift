import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit
import ProcessKit
import SQLiteStore

/// One play of a test: processes of this program, one after the other, until the run is over or nobody answers.
struct TestPlay {
    /// What came of it.
    struct Played: Sendable {
        var events: [Event]
        /// How many of the answers nobody asked for.
        var unasked: Int
        /// What runs asked after the last answer.
        var open: String?
        /// Where the files are.
        var workspace: String
        /// Whether a process was killed on the way.
        var wasKilled: Bool
    }

    static let run: RunID = "test"
    /// More processes than this no test needs: each answers a question, or goes on after a kill.
    private static let most = 200

    private let stage: TestStage
    private let session: Session
    /// Of all that is started.
    private let deadline: ContinuousClock.Instant
    private var test: PipelineTest { stage.planned.test }

    init(_ stage: TestStage, _ session: Session) {
        self.stage = stage
        self.session = session
        deadline = .now + stage.planned.test.timeout
    }

    /// - Parameter number: The event at which the process is killed.
    /// - Throws: why the test could not be played to its end, in words for a person.
    func play(killingAt number: Int?) async throws(Failure) -> Played {
        var answers = test.answers[...]
        var kill = number
        var words = start
        func played(_ events: [Event], _ state: RunState) -> Played {
            Played(
                events: events,
                unasked: answers.count,
                open: TestQuestions.next(of: state)?.question,
                workspace: state.workspace?.path ?? stage.project,
                wasKilled: number != nil && kill == nil
            )
        }
        for _ in 0..<Self.most {
            let ended = try await child(words, killingAt: kill)
            let events = try await events()
            let state = RunState(replaying: events)
            if ended.status == Self.killed { kill = nil }
            guard !events.isEmpty else { throw unable("The run did not start", ended) }
            if state.isFinished { return played(events, state) }
            if ended.status == Self.killed {
                words = ["resume", Self.run.value, "--json"]
            } else if state.status == .waiting {
                guard let next = try await next(state, &answers) else { return played(events, state) }
                words = next
            } else {
                throw unable("The run stopped after event \(state.sequence), though it is not over", ended)
            }
        }
        throw Failure(.invalidInput, "The run asked more than \(Self.most) questions.")
    }

    private static let killed = 128 + Int(SIGKILL)

    private var start: [String] {
        let inputs = test.inputs.sorted { $0.key < $1.key }
            .flatMap { ["--set", "\($0.key)=\($0.value.text ?? $0.value.jsonText)"] }
        return [
            "run", absolute(stage.planned.pipeline), "--cwd", stage.project, "--model", "scripted/\(stage.script)",
            "--id", Self.run.value, "--json",
        ] + inputs
    }

    /// The command line that answers the next question; `nil` when there is no answer left.
    private func next(_ state: RunState, _ answers: inout ArraySlice<TestAnswer>) async throws(Failure) -> [String]? {
        guard let asked = TestQuestions.next(of: state) else { return nil }
        let words = ["approve", Self.run.value, asked.id.value, "--resume", "--json"]
        // Whether a call may run again is only asked because the test killed the process before it began.
        if try await isRepetition(asked) { return words }
        return answers.popFirst().map { words + $0.options }
    }

    private func isRepetition(_ asked: Approval) async throws(Failure) -> Bool {
        let runs = try services().runs
        do throws(ServiceError) { return try await TestQuestions.isRepetition(asked, runs) } catch {
            throw unreadable("\(error)")
        }
    }

    // MARK: - Processes

    private func child(_ words: [String], killingAt number: Int?) async throws(Failure) -> Finished {
        let left = deadline - .now
        guard left > .zero else { throw try await late() }
        var environment = test.env
        environment["SLUICE_STATE"] = stage.state
        environment["XDG_CONFIG_HOME"] = "\(stage.root)/config"  // prices and policies of the person are not the test's
        environment[TestEnvironment.offline] = "1"
        if test.network == .allow { environment[TestEnvironment.network] = "1" }
        environment.merge(TestEnvironment.playing(stage.scripts, model: stage.script)) { $1 }
        if let number { environment.merge(TestEnvironment.killing(Self.run, at: number)) { $1 } }
        let command = Command(try Self.program(), words, in: stage.home, environment: environment, timeout: left)
        switch try await ProcessKit.outcome(of: command) {
        case .finished(let finished): return finished
        case .timedOut: throw try await late()
        }
    }

    /// Where this program is; a supervisor that starts it is another one.
    private static func program() throws(Failure) -> String {
        guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw Failure(.unavailable, "This program does not know where it is: '/proc/self/exe' cannot be read.")
        }
        return path
    }

    private func late() async throws(Failure) -> Failure {
        let last = try await events().last.map { "the last event was \($0.sequence), '\($0.payload.type)'" }
        return Failure(
            .timedOut,
            "It took longer than \(test.timeout.written), and was ended: \(last ?? "nothing had been recorded")."
        )
    }

    /// What a process said that did not do its work.
    private func unable(_ what: String, _ ended: Finished) -> Failure {
        let said = ended.errors.text.trimmed
        return Failure(.invalidInput, said.isEmpty ? "\(what): status \(ended.status)." : "\(what):\n\(said)")
    }

    private func events() async throws(Failure) -> [Event] {
        let path = "\(stage.state)/sluice.db"
        guard access(path, F_OK) == 0 else { return [] }
        let services = try services()
        do throws(StoreError) { return try await services.history(of: Self.run) } catch { throw unreadable("\(error)") }
    }

    private func services() throws(Failure) -> Services {
        let path = "\(stage.state)/sluice.db"
        do throws(StoreError) { return session.services(over: try SQLiteEventStore(path: path), path) } catch {
            throw unreadable("\(error)")
        }
    }

    private func unreadable(_ why: String) -> Failure {
        Failure(.unavailable, "The history of the run cannot be read: \(why)")
    }
}

extension Services {
    /// The events of a run; none when there is no such run.
    fileprivate func history(of run: RunID) async throws(StoreError) -> [Event] {
        do throws(ServiceError) { return try await runs.events(of: run) } catch {
            switch error {
            case .noSuchRun: return []
            case .store(let error): throw error
            default: throw .unreadable("\(error)")
            }
        }
    }
}
