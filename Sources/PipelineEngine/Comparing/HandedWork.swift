import PipelineKit

/// A part of its work that a history had other runs do.
struct HandedWork {
    var work: ParentWork.Work
    /// Of the first try, in the order of the elements.
    var runs: [RunID]
    /// `step 'fix' (pass 2)`
    var words: String
    var isOver = false
    /// Of a step that has ended.
    var result: StepResult?
    var spent = Spending()
    /// What each of the runs works on, when there are several to tell apart: `element`, `model`.
    var part: String?
    /// How often it is tried at most.
    var attempts = 1

    /// All of a history, in the order of pass and step, or of the calls.
    static func all(in tree: RunTree) -> [HandedWork] {
        var (steps, agents) = ([StepPlace: HandedWork](), [HandedWork]())
        for event in tree.events {
            switch event.payload {
            case .stepStarted(let place, let runs): steps[place] = HandedWork(place, runs, tree.graph?[place.step])
            case .stepFinished(let place, let result, let spent): steps[place]?.end(result, spent)
            // A fork begins those anew.
            case .runForked: steps = steps.filter(\.value.isOver)
            case .agentStarted(let call, let agent):
                guard !agents.contains(where: { $0.work == .call(call) }) else { continue }
                agents.append(HandedWork(work: .call(call), runs: [agent.run], words: "agent '\(agent.agent)'"))
            case .agentFinished(let call, _):
                if let index = agents.firstIndex(where: { $0.work == .call(call) }) { agents[index].isOver = true }
            default: break
            }
        }
        let order = (tree.graph?.order ?? []).compactMap { tree.graph?.steps[$0].id }
        func rank(_ place: StepPlace) -> (Int, Int) { (place.pass, order.firstIndex(of: place.step) ?? order.count) }
        return steps.sorted { rank($0.key) < rank($1.key) }.map(\.value) + agents
    }

    private init(work: ParentWork.Work, runs: [RunID], words: String) {
        (self.work, self.runs, self.words) = (work, runs, words)
    }

    private init(_ place: StepPlace, _ runs: [RunID], _ step: Step?) {
        let pass = place.pass == 1 ? "" : " (pass \(place.pass))"
        self.init(work: .step(place), runs: runs, words: "step '\(place.step)'\(pass)")
        part = step?.race != nil ? "model" : step?.each != nil ? "element" : nil
        // Who loses a race does not try again.
        attempts = step?.race != nil ? 1 : (step?.retry?.times ?? 0) + 1
    }

    private mutating func end(_ result: StepResult, _ spent: Spending) {
        isOver = true
        (self.result, self.spent) = (result, spent)
    }

    /// - Parameters:
    ///   - index: The place of the element, from 0.
    ///   - attempt: From 1.
    func words(_ index: Int, attempt: Int) -> String {
        let element = part.map { ", \($0) \(index + 1)" } ?? ""
        return "\(words)\(element)\(attempt == 1 ? "" : ", attempt \(attempt)")"
    }

    /// Whether a run has to have been there, by what came of the work.
    func mustHaveBegun(_ run: RunID) -> Bool {
        guard let result else { return isOver }
        // It has a line for each model that began.
        if part == "model" { return result.summary.contains("in run \(run), ") }
        // What failed without a request, and not by its run, could not be started.
        let costNothing = part == nil && result.status == .failed && spent.tokens == 0
        return !costNothing || result.summary.contains("Run '\(run)'")
    }

    /// How many elements were never begun, as they needed others that failed.
    var leftOut: Int {
        guard part == "element", let result, result.status == .failed else { return 0 }
        return result.summary.split(separator: "\n").count { $0.contains(" skipped: It was left out, as it needs ") }
    }
}
