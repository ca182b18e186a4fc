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
        ServedContract(name: M.name) { means throws(CommandError) in
            M.contract(means.services, try means.settingsOfM())
        },
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

    /// - Throws: when people are to be told and the interface that does so is not served.
    static func expectTelling(_ settings: ServeSettings, by chosen: [ServedContract]) throws(CommandError) {
        guard settings.push != nil, !chosen.contains(where: { $0.name == M.name }) else { return }
        throw .usage("Option '--push' needs the interface '\(M.name)': serve it too, with --contract \(M.name).")
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
    /// What telling people away from the screen takes; `nil` where nobody asked for it.
    let push: M.PushMeans?
    /// Where programs of this machine reach the server; `nil` before it listens.
    let address: @Sendable () -> String?

    /// - Throws: all that is wrong with the secrets it takes, so that nobody finds out by not being told.
    fileprivate func settingsOfM() throws(CommandError) -> M.Settings {
        let runs = settings.projectM
        // What nobody has named is there, but in a server that is only measured.
        if runs.pipeline != M.RunSettings().pipeline {
            do throws(PipelineError) { _ = try services.pipelines.load(runs.pipeline) } catch {
                throw .usage("Option '--project-m': \(error)")
            }
        }
        return M.Settings(runs: runs, model: model, push: try expectedPush(), address: address)
    }

    private func expectedPush() throws(CommandError) -> M.PushMeans? {
        guard let push else { return nil }
        let problems = push.problems
        guard problems.isEmpty else {
            throw .usage(problems.map { "Option '--push': \($0)" }.joined(separator: "\n"))
        }
        return push
    }
}
