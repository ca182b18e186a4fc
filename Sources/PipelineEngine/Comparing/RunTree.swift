public import PipelineKit

/// A history with those of the runs that did its work: the steps of its pipeline, the models of its races, its agents.
public struct RunTree: Sendable {
    /// A run that did a part of the work.
    public struct Branch: Sendable {
        /// The step or the call whose work it did.
        public var work: ParentWork.Work
        /// The same for a person: `step 'fix' (pass 2), element 3, attempt 2`.
        public var words: String
        /// Whether what it spent is in what the run spent that it worked for.
        public var isSettled: Bool
        public var tree: RunTree
    }

    /// A run that did a part of the work, and whose history is not there.
    public struct Missing: Sendable, Hashable {
        public var run: RunID
        /// The run that it worked for.
        public var parent: RunID?
        public var words: String
        public var reason: String
    }

    public let events: [Event]
    /// In the order of pass, step, element and try, or of the calls.
    public internal(set) var branches: [Branch] = []
    /// Those of this run and of all branches.
    public internal(set) var missing: [Missing] = []
    let graph: StepGraph?

    /// A history by itself.
    public init(_ events: [Event]) {
        self.events = events
        graph = RunState(replaying: events.prefix(1)).steps?.graph
    }

    /// The run; `nil` for a history that does not begin with its start.
    public var run: RunID? {
        guard case .runStarted(let start)? = events.first?.payload else { return nil }
        return start.run
    }

    /// Whether the history names runs that worked for this one.
    public var namesOthers: Bool { !HandedWork.all(in: self).allSatisfy(\.runs.isEmpty) }
}

extension RunTree.Missing: CustomStringConvertible {
    public var description: String {
        let parent = parent.map { " of run '\($0)'" } ?? ""
        return "The run '\(run)', for \(words)\(parent), cannot be read: \(reason)"
    }
}

// MARK: - In an order that tells nothing of which was faster

extension RunTree {
    enum Entry {
        case event(Event)
        case branch(Branch)
    }

    /// The events, with each branch where it was begun. What belongs to the steps of a pass stands where the first of them
    /// began, step by step.
    var entries: [Entry] {
        var sorter = StepEvents()
        var (entries, passes) = ([Entry](), Set<Int>())
        let placed = events.map { ($0, sorter.take($0)) }
        for (event, place) in placed {
            if let place {
                guard passes.insert(place.pass).inserted else { continue }
                entries += sorter.places(ofPass: place.pass, graph).flatMap { sorter.entries(of: $0, branches) }
            } else {
                entries.append(.event(event))
                if case .agentStarted(let call, _) = event.payload { entries += self.entries(ofCall: call) }
            }
        }
        return entries
    }

    private func entries(ofCall call: CallID) -> [Entry] {
        branches.filter { $0.work == .call(call) }.map(Entry.branch)
    }
}

/// The events of a run that belong to its steps.
private struct StepEvents {
    private struct Owned {
        var event: Event
        /// Whose question it is.
        var run: RunID?
    }

    private var owned: [StepPlace: [Owned]] = [:]
    private var questions: [ApprovalID: (place: StepPlace, run: RunID?)] = [:]

    /// - Returns: the step that it belongs to; `nil` for an event of the run itself.
    mutating func take(_ event: Event) -> StepPlace? {
        guard let (place, run) = owner(of: event.payload) else { return nil }
        owned[place, default: []].append(Owned(event: event, run: run))
        return place
    }

    private mutating func owner(of payload: Event.Payload) -> (StepPlace, RunID?)? {
        switch payload {
        case .stepStarted(let place, _), .raceDecided(let place, _), .stepFinished(let place, _, _):
            return (place, nil)
        case .approvalRequested(let approval):
            guard case .step(let place, let run) = approval.subject else { return nil }
            questions[approval.id] = (place, run)
            return (place, run)
        case .approvalResolved(let id, _): return questions[id]
        default: return nil
        }
    }

    /// In an order in which each step stands behind those it needs.
    func places(ofPass pass: Int, _ graph: StepGraph?) -> [StepPlace] {
        let order = (graph?.order ?? []).compactMap { graph?.steps[$0].id }
        func rank(_ place: StepPlace) -> (Int, String) { (order.firstIndex(of: place.step) ?? order.count, place.step) }
        return owned.keys.filter { $0.pass == pass }.sorted { rank($0) < rank($1) }
    }

    /// Its begin and who won, each run with what it had asked, and how it ended.
    func entries(of place: StepPlace, _ branches: [RunTree.Branch]) -> [RunTree.Entry] {
        var left = owned[place] ?? []
        func drain(_ isWanted: (Owned) -> Bool) -> [RunTree.Entry] {
            defer { left.removeAll(where: isWanted) }
            return left.filter(isWanted).map { .event($0.event) }
        }
        var entries = drain { $0.event.payload.isBeginOrDecision }
        for branch in branches where branch.work == .step(place) {
            entries.append(.branch(branch))
            entries += drain { $0.run != nil && $0.run == branch.tree.run }
        }
        return entries + drain { _ in true }
    }
}

extension Event.Payload {
    fileprivate var isBeginOrDecision: Bool {
        switch self {
        case .stepStarted, .raceDecided: true
        default: false
        }
    }
}
