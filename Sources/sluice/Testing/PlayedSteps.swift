import PipelineEngine
import PipelineKit

/// The scripts that play the models of steps, as a process of a test is told them.
///
/// `model` is the path of the script that plays whoever has none of their own, and under `steps` stands by the name of a step
/// the path of its script; or a list of runs, each with the `pass`, `element` and `attempt` that it is for, the path of its
/// script under `model`, and the same again under `steps`, for the steps it has itself.
struct PlayedSteps: Sendable {
    private let model: JSONValue?
    private let steps: [String: JSONValue]
    /// Whether commands have the network that the pipeline gives them.
    private let allowsNetwork: Bool

    private init(_ model: JSONValue?, _ steps: [String: JSONValue], allowsNetwork: Bool = false) {
        (self.model, self.steps, self.allowsNetwork) = (model, steps, allowsNetwork)
    }

    /// - Returns: `nil` in a process that plays no test.
    init?(_ environment: [String: String]) {
        guard let json = try? environment[TestEnvironment.steps].map({ try JSONValue(parsing: $0) }) else { return nil }
        let allows = environment[TestEnvironment.network] != nil
        self.init(json["model"], json["steps"]?.members ?? [:], allowsNetwork: allows)
    }

    /// Leaves the commands of a run no network, unless the test says so.
    func deny(_ pipeline: inout Pipeline) {
        if !allowsNetwork { pipeline.workspace.network = .deny }
    }

    /// Has scripts play the models of the steps of a pipeline, so that nobody else needs to be there: those of the step, and
    /// else the one of the pipeline. Who plays in which run is settled when that begins.
    func play(_ pipeline: inout Pipeline) {
        let standard = pipeline.model
        pipeline.steps = pipeline.steps?.map { step in
            var step = step
            let model = scripts(of: step.id).lazy.compactMap(Self.model).first ?? standard
            if step.kind == .model, step.race == nil { step.model = model }
            if let model, var called = step.pipeline?.members {
                called["model"] = model.json
                step.pipeline = .object(called)
            }
            return step
        }
    }

    /// Has a script play the model of a run that does a step; of a step that nothing is said of, as its models race, the model
    /// stays.
    ///
    /// - Parameter way: From the outermost run down to that one.
    func cast(_ way: [StepAttempt], _ pipeline: inout Pipeline) {
        deny(&pipeline)
        var (script, inner, isSaid) = (model, steps, false)
        for attempt in way {
            let entry = inner[attempt.place.step]
            isSaid = entry != nil
            let run = entry?.elements.first { Self.fits($0, attempt) }
            script = (entry?.text == nil ? run?["model"] : entry) ?? script
            inner = run?["steps"]?.members ?? [:]
        }
        if isSaid, let model = script.flatMap(Self.model) { pipeline.model = model }
        PlayedSteps(script, inner).play(&pipeline)
    }

    private static func fits(_ run: JSONValue, _ attempt: StepAttempt) -> Bool {
        let own = ["pass": attempt.place.pass, "element": attempt.element, "attempt": attempt.number]
        return own.allSatisfy { key, number in run[key] == nil || run[key] == number.map(JSONValue.int) }
    }

    private func scripts(of step: String) -> [JSONValue] {
        guard let entry = steps[step] else { return [] }
        return entry.text == nil ? entry.elements.compactMap { $0["model"] } : [entry]
    }

    private static func model(_ path: JSONValue) -> ModelChain? {
        path.text.flatMap { ModelName("scripted/\($0)") }.map { ModelChain($0) }
    }
}

// What can never be played.
extension PlayedSteps {
    /// A sentence for each script that no run of the pipeline will ever play.
    func problems(in pipeline: Pipeline) -> [String] {
        steps.sorted { $0.key < $1.key }.flatMap { name, entry -> [String] in
            guard let step = pipeline.steps?.first(where: { $0.id == name }) else {
                let near = Suggestion.sentence(for: name, among: (pipeline.steps ?? []).map(\.id))
                return [
                    "The test plays the step '\(name)', which the pipeline '\(pipeline.name)' does not have.\(near)"
                ]
            }
            if let reason = Self.reason(step) { return ["The test plays the step '\(name)', \(reason)."] }
            return entry.elements.flatMap { Self.problems(with: $0, of: step, in: pipeline) }
        }
    }

    /// Why there is no model to be played.
    private static func reason(_ step: Step) -> String? {
        if step.race != nil { return "in which models race: a race has the models that it names" }
        return switch step.kind {
        case .gate: "which is a gate and has no model"
        case .human: "which is a question and has no model"
        case .model, .pipeline: nil
        }
    }

    private static func problems(with run: JSONValue, of step: Step, in pipeline: Pipeline) -> [String] {
        let most = [
            ("pass", pipeline.limits.iterations, "limits.iterations"),
            ("element", step.each == nil ? 0 : Step.mostElements, "each"),
            ("attempt", (step.retry?.times ?? 0) + 1, "retry"),
        ]
        let beyond = most.compactMap { key, most, field -> String? in
            guard let number = run[key]?.integer, number > most else { return nil }
            let place = "\(key) \(number) of the step '\(step.id)'"
            return "The test plays \(place), which does not come to it: see '\(field)'."
        }
        guard let inner = run["steps"]?.members else { return beyond }
        guard let called = step.pipeline.flatMap({ try? Pipeline(json: $0) }), called.steps != nil else {
            return beyond + ["The test plays steps of the step '\(step.id)', which is no pipeline with steps."]
        }
        return beyond + PlayedSteps(nil, inner).problems(in: called)
    }
}
