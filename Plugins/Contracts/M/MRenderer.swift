import HTTPKit
import PipelineEngine
import PipelineKit

/// Tells the history of a run in the twelve events of this interface, which have numbers of their own, and how the run
/// stands.
struct MRenderer: FrameRenderer {
    let run: RunID
    /// The number of the last event.
    private(set) var number = 0
    private(set) var state = MRunState.running
    private var status = RunStatus.running
    /// The gates of the goal: `pytest, lint`; empty for none.
    private var goal = ""
    private var calls: [CallID: ToolCall] = [:]
    /// When what is under way began.
    private var begun: [String: Instant] = [:]
    /// Whether what the model's reply says was told as it was printed.
    private var hasPrinted = false
    /// Open, oldest first.
    private var questions: [Approval] = []

    init(run: RunID) { self.run = run }

    var isOver: Bool { status.isFinal }
    var standing: Frame? { stateFrame }

    static func sequence(of item: EventFeed.Item) -> Int? {
        if case .event(_, let event) = item { event.sequence } else { nil }
    }

    mutating func frames(for item: EventFeed.Item) -> [Frame] {
        guard case .event(_, let event) = item else { return [] }
        let before = state
        let frames = numbered(event).map { told in
            var writer = JSONWriter(capacity: 512)
            writer.object {
                $0.member("type", "event")
                $0.member("event") { told.event.write(told.number, of: run, at: event.at, to: &$0) }
            }
            return Frame(sequence: event.sequence, number: told.number, text: writer.bytes)
        }
        return frames + (state == before ? [] : [stateFrame])
    }

    private var stateFrame: Frame {
        Frame(sequence: nil, text: JSONValue.object(["type": "state", "state": .string(state.rawValue)]).encoded())
    }

    /// The events that tell of one of the engine's, with their numbers.
    mutating func numbered(_ event: Event) -> [(number: Int, event: MEvent)] {
        let told = events(for: event).map { told in
            number += 1
            return (number, told)
        }
        state = MRunState(status, isInput: questions.map(\.asksForWords))
        return told
    }

    private mutating func events(for event: Event) -> [MEvent] {
        switch event.payload {
        case .runStarted(let start):
            goal = (try? Pipeline(json: start.pipeline))?.goalInWords ?? ""
            return [MEvent(.runStarted)]
        case .runReopened:
            status = .running
            return [MEvent(.runStarted)]
        case .runFinished(let status, let reason): return finish(status, reason)
        case .checkStarted(let name, _): return goal.isEmpty ? [] : [begin(name.words, goal, at: event.at)]
        case .checkFinished(let name, let result): return goal.isEmpty ? [] : finish(name, result, at: event.at)
        case .modelRequested:
            hasPrinted = false
            return []
        case .modelReplied(let reply): return hasPrinted ? [] : MEvent.out(reply.text)
        case .modelFailed(_, _, let failure, _):
            return failure.kind == .cancelled ? [] : MEvent.problem(failure.message)
        case .modelFellBack(let from, let to): return MEvent.problem("'\(to)' stands in for '\(from)'.")
        case .judgeFailed(_, _, let failure): return MEvent.problem(failure.message)
        case .callProposed(let call):
            calls[call.id] = call.call
            return [begin(call.id.value, call.call.tool, call.call.input, at: event.at)]
        case .callFinished(let id, let output):
            return MEvent.out(output.text) + end(id, error: output.isError ? output.text : nil, at: event.at)
        case .callRefused(let id, let reason): return end(id, error: reason, at: event.at)
        case .stepStarted(let place, _): return [begin("\(place)", "\(place)", at: event.at)]
        case .stepFinished(let place, let result, _):
            let error = result.status == .failed ? result.summary : nil
            let time = duration("\(place)", until: event.at)
            return MEvent.out(result.summary) + [.end("\(place)", "\(place)", after: time, error: error)]
        case .raceDecided(_, let decision): return MEvent.out(decision.words)
        case .approvalRequested(let approval): return ask(approval)
        case .approvalResolved(let id, let answer): return answered(id, answer)
        case .messageAdded(let text, let by): return MEvent.out("\(by): \(text)")
        case .networkUsed(let report):
            return report.uses.filter { !$0.isAllowed }.flatMap {
                MEvent.problem("The sandbox kept a command from \($0.host):\($0.port).")
            }
        case .reported(let report): return told(report)
        case .hookFailed(let failure): return MEvent.problem("The hook '\(failure.hook)' failed: \(failure.reason)")
        case .workspaceOpened, .judgeRequested, .judgeReplied, .iterationStarted,
            .conversationCompacted, .callAssessed, .callStarted, .agentStarted, .agentFinished, .limitsChanged,
            .settingsChanged, .rolledBack, .changesApplied, .runForked, .bestChosen:
            return []
        }
    }

    // MARK: - Calls and checks

    private mutating func begin(_ id: String, _ tool: String, _ input: JSONValue = [:], at time: Instant) -> MEvent {
        begun[id] = time
        return .begin(id, tool, input)
    }

    private mutating func end(_ id: CallID, error: String?, at time: Instant) -> [MEvent] {
        guard let call = calls.removeValue(forKey: id) else { return [] }
        return [.end(id.value, call.tool, after: duration(id.value, until: time), error: error)]
    }

    private mutating func finish(_ name: CheckName, _ result: CheckResult, at time: Instant) -> [MEvent] {
        let error = result.holds ? nil : result.reason
        let ended = MEvent.end(name.words, goal, after: duration(name.words, until: time), error: error)
        return MEvent.out([result.reason, result.details].filter { !$0.isEmpty }.joined(separator: "\n")) + [ended]
    }

    /// Milliseconds.
    private mutating func duration(_ id: String, until time: Instant) -> Int {
        begun.removeValue(forKey: id).map { time.milliseconds - $0.milliseconds } ?? 0
    }

    private mutating func told(_ report: OutsideReport) -> [MEvent] {
        if case .output = report { hasPrinted = true }
        return switch report {
        case .output(.stdout, let text): MEvent.out(text)
        case .output(.stderr, let text): MEvent.problem(text)
        case .callBegun(let id, let tool, let input): [.begin(id, tool, input)]
        case .callEnded(let id, let tool, let isError, let duration, let error):
            [.end(id, tool, after: duration.milliseconds, error: isError ? error ?? "It failed." : nil)]
        }
    }

    // MARK: - Questions

    private func name(_ approval: ApprovalID) -> String { Question.name(approval, of: run) }

    private mutating func ask(_ approval: Approval) -> [MEvent] {
        questions.append(approval)
        guard !approval.asksForWords else { return [MEvent(.inputRequested, ["question": .string(approval.question)])] }
        let use = approval.use { calls[$0] }
        return [.asked(name(approval.id), use.map { QuestionType($0.tool, $0.input) } ?? .generic)]
    }

    private mutating func answered(_ id: ApprovalID, _ answer: Resolution) -> [MEvent] {
        guard let place = questions.firstIndex(where: { $0.id == id }) else { return [] }
        let approval = questions.remove(at: place)
        guard !approval.asksForWords else {
            // A no has brought nothing.
            return answer.answer.map { [MEvent(.inputReceived, ["text": .string($0.words)])] } ?? []
        }
        return [
            .answered(name(id), approval.grants(answer), reason: answer.message.isEmpty ? nil : answer.message)
        ]
    }

    /// What is open then is blocked.
    private mutating func finish(_ status: RunStatus, _ reason: String) -> [MEvent] {
        self.status = status
        let blocked = questions.filter { !$0.asksForWords }.map {
            MEvent.answered(name($0.id), false, reason: "The run has ended.")
        }
        questions = []
        switch MRunState(ended: status) {
        case .completed: return blocked + [MEvent(.runCompleted)]
        case .cancelled: return blocked + [MEvent(.runCancelled, ["reason": "user"])]
        default: return blocked + [MEvent(.runFailed, ["error": .string(reason)])]
        }
    }
}

extension CheckName {
    /// What the check is called among the calls.
    fileprivate var words: String { "check-\(iteration).\(round)" }
}

extension ToolCall {
    /// The arguments; as the text they are where they are no JSON.
    var input: JSONValue { (try? JSONValue(parsing: arguments)) ?? .string(arguments) }
}
