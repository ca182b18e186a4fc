import ConsoleContract
import HTTPKit
import MContract
import NativeContract
import OperationsContract
import PipelineEngine
import PipelineKit
import RetrAIContract

/// An interface that this program can serve.
struct ServedContract: Sendable {
    /// What `--contract` calls it.
    let name: String
    /// Whether it is served whatever `--contract` says.
    var isAlwaysThere = false
    let make: @Sendable (ContractMeans) throws(CommandError) -> APIContract

    /// Every interface this product has, in the order in which they come first. To add one: a target in Package.swift, an
    /// import and a line here.
    static let all: [ServedContract] = [
        ServedContract(name: Native.name) { means in means.native },
        ServedContract(name: RetrAI.name) { means throws(CommandError) in
            RetrAI.contract(means.services, RetrAI.Settings(aliases: try means.settings.aliases(), model: means.model))
        },
        ServedContract(name: M.name) { means in M.contract(means.services, M.Settings(model: means.model)) },
        ServedContract(name: ConsoleContract.name) { _ in ConsoleContract.make() },
        ServedContract(name: Operations.name, isAlwaysThere: true) { means in
            Operations.contract(means.services, metrics: (Metrics.contentType, { [means] in means.metrics.text() }))
        },
    ]

    /// Those that are wanted.
    ///
    /// - Parameter names: As `--contract` says; none for all.
    static func chosen(_ names: [String]) throws(CommandError) -> [ServedContract] {
        for name in names where !all.contains(where: { $0.name == name }) {
            let near = Suggestion.sentence(for: name, among: all.map(\.name))
            throw .usage("Option '--contract': there is no interface '\(name)'.\(near)")
        }
        return all.filter { names.isEmpty || $0.isAlwaysThere || names.contains($0.name) }
    }
}

/// What interfaces are made of.
struct ContractMeans: Sendable {
    let services: Services
    let settings: ServeSettings
    /// Who works when neither the request nor the pipeline names a model.
    let model: ModelChain?
    let metrics: Metrics
    /// Sluice's own, which knows of the server as a whole.
    let native: APIContract
}
