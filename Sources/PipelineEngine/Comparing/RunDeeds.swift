public import PipelineKit

/// What was said and done in a run and in those that worked for it, in words that another run has too when it says and does
/// the same.
///
/// What was done for a step stands with that step, and the steps in the order of the pipeline: of two that ran side by side
/// it does not matter which was faster.
///
/// Left out is what differs between any two runs: names, places, times, costs, and what tools answered, in which there are
/// times and places too. That a call failed is kept.
public struct RunDeeds: Sendable, Hashable {
    public struct Deed: Sendable, Hashable {
        /// The run that did it; `nil` in a history that does not begin with its start.
        public var run: RunID?
        public var sequence: Int
        /// For which step of the run, in words: `step 'fix'`; empty for what the run did itself.
        public var work: String
        /// In words that begin after who did it: `calls file_read {"path":"a.txt"}`.
        public var words: String

        /// Whether another run has the same there.
        func isLike(_ other: Deed) -> Bool { words == other.words && work == other.work }
    }

    /// What the model said, reply by reply; empty where it only called.
    public private(set) var said: [Deed] = []
    public private(set) var done: [Deed] = []

    public init(_ events: some Sequence<Event>) { self.init(RunTree(Array(events))) }

    public init(_ tree: RunTree) { take(tree, "") }

    private mutating func take(_ tree: RunTree, _ work: String) {
        var words = DeedWords()
        for entry in tree.entries {
            switch entry {
            case .branch(let branch): take(branch.tree, work.isEmpty ? branch.words : "\(work): \(branch.words)")
            case .event(let event):
                func deed(_ words: String) -> Deed {
                    Deed(run: tree.run, sequence: event.sequence, work: work, words: words)
                }
                if case .modelReplied(let reply) = event.payload { said.append(deed(reply.text)) }
                if let words = words.take(event.payload) { done.append(deed(words)) }
            }
        }
    }
}

/// Has words for what happens in one run.
private struct DeedWords {
    /// Tools by their open calls.
    private var tools: [CallID: String] = [:]

    mutating func take(_ payload: Event.Payload) -> String? {
        switch payload {
        case .callProposed(let call):
            tools[call.id] = call.call.tool
            return "calls \(call.call.tool) \(Self.canonical(call.call.arguments))"
        case .callFinished(let id, let output):
            return output.isError ? "fails in \(tools[id] ?? "\(id)")" : nil
        case .callRefused(let id, _): return "is refused \(tools[id] ?? "\(id)")"
        case .agentStarted(_, let agent): return "has the agent '\(agent.agent)' work"
        case .stepStarted(let place, _): return "begins the step \(place)"
        case .raceDecided(let place, let decision):
            return "decides the race \(place): \(decision.winnersModel ?? "nobody")"
        case .stepFinished(let place, let result, _): return "ends the step \(place): \(result.status.rawValue)"
        case .approvalRequested(let approval): return "asks \(words(approval.subject))"
        case .approvalResolved(_, let answer): return "is answered: \(answer.decision.rawValue)"
        case .messageAdded(let text, _): return "is told: \(text)"
        case .checkFinished(let name, let result): return Self.words(name, result)
        default: return Self.rareWords(payload)
        }
    }

    private static func rareWords(_ payload: Event.Payload) -> String? {
        switch payload {
        case .modelFellBack(_, let to): "goes on with \(to)"
        case .conversationCompacted: "summarises its conversation"
        case .limitsChanged: "is given other limits"
        case .settingsChanged: "is given other settings"
        case .bestChosen: "keeps its best files"
        case .rolledBack(let back): "goes back to iteration \(back.iteration)"
        case .changesApplied: "is applied"
        case .runForked: "is forked"
        case .runFinished(let status, _): "ends: \(status.words)"
        case .runReopened: "is taken up again"
        case .reported(.callBegun(_, let tool, let input)): "is told of a call of \(tool) \(input.jsonText)"
        case .reported(.callEnded(_, let tool, isError: true, _, _)): "is told of a failure of \(tool)"
        default: nil
        }
    }

    private func words(_ subject: Approval.Subject) -> String {
        switch subject {
        case .call(let id): "about the call of \(tools[id] ?? "\(id)")"
        case .repetition(let id): "whether to repeat the call of \(tools[id] ?? "\(id)")"
        case .input(let id): "for \(tools[id] ?? "\(id)")"
        case .check: "about the check"
        case .plan: "about the plan"
        case .limit(let name): "about the limit '\(name.rawValue)'"
        case .step(let place, let run): run == nil ? "about the step \(place)" : "for the step \(place)"
        case .outside(_, let tool): "for a program outside, about \(tool)"
        }
    }

    private static func words(_ name: CheckName, _ result: CheckResult) -> String {
        let cases = result.failing.map(\.id).sorted().prefix(5).joined(separator: ", ")
        return "is judged: \(result.outcome.rawValue)\(cases.isEmpty ? "" : " (\(cases))")"
    }

    /// Arguments, however the model has spaced and ordered them.
    private static func canonical(_ arguments: String) -> String {
        (try? JSONValue(parsing: arguments))?.jsonText ?? arguments
    }
}
