import ContractKit
import FoundationEssentials
import HTTPKit
import PipelineEngine
import PipelineKit

/// Makes a run of what a client of retrAI asks for, and changes one that is under way.
struct RunStarter: Sendable {
    let services: Services
    private let models: ModelNames
    private let model: ModelChain?

    init(_ services: Services, _ settings: RetrAI.Settings) {
        self.services = services
        model = settings.model
        models = ModelNames(aliases: settings.aliases, providers: services.registry.providers.keys.map(\.value))
    }

    /// Checks all of it, then records the run and queues it.
    ///
    /// - Parameter key: The name of the client's key.
    func start(_ body: StartBody, key: String?) async throws(HTTPError) -> RunID {
        let project = try services.directory(body.cwd)
        var pipeline = try services.pipeline(Self.asked(body.goal), inputs: body.inputs)
        let asked = try body.modelName.given.map(models.model)
        pipeline.model = asked.map { ModelChain($0) } ?? pipeline.model ?? model
        if let iterations = body.maxIterations { pipeline.limits.iterations = iterations }
        if let cost = body.maxCostUsd { pipeline.limits.cost = .usd(cost) }
        pipeline.human.gate = pipeline.human.gate.asking(afterFailedChecks: body.hitlEnabled ? true : nil)
        try services.expectSound(pipeline)
        let order = RunOrder(
            run: RunID(UUID().uuidString.lowercased()),
            pipeline: pipeline,
            inputs: body.inputs,
            project: project,
            origin: RetrAI.name,
            key: key
        )
        return try await services.startAndSubmit(order)
    }

    /// A text with a line end, or with a `goal:`, is a pipeline itself; everything else is the name of one.
    private static func asked(_ goal: String) -> PipelineRequest {
        goal.contains("goal:") || goal.contains(where: \.isNewline) ? .text(goal) : .named(goal)
    }

    func change(_ row: RunSummary, _ body: ConfigBody, by person: String) async throws(HTTPError) {
        var change = RunChange(model: try body.modelName.given.map(models.model))
        let gate = (row.details["human_gate"]?.text).flatMap(HumanPolicy.Moment.init) ?? .never
        change.gate = gate.asking(afterFailedChecks: body.hitlEnabled)
        try await asking { [change] () async throws(ServiceError) in
            var change = change
            if let iterations = body.maxIterations {
                var limits = try await services.runs.state(of: row.run).limits
                limits.iterations = iterations
                change.limits = limits
            }
            try await services.runs.change(row.run, change, by: person)
        }
    }
}

extension String? {
    /// `nil` for what clients send when a field is left empty.
    fileprivate var given: String? { self?.isEmpty == true ? nil : self }
}

extension HumanPolicy.Moment {
    /// retrAI knows one moment to ask at, or none. What a pipeline asks besides, before writes or of a plan, is not its
    /// to switch off.
    func asking(afterFailedChecks ask: Bool?) -> HumanPolicy.Moment {
        switch (ask, self) {
        case (nil, _): self
        case (true?, .never): .afterFailedCheck
        case (true?, _): self
        case (false?, .afterFailedCheck), (false?, .afterCheck): .never
        case (false?, _): self
        }
    }
}
