import PipelineKit
import YAML

/// Puts the pipelines of agents in the place of their names, so that a run keeps them as they stood when it was started.
struct AgentPipelines {
    private let sources: PipelineSources
    private let loader: PipelineLoader
    /// The pipeline and those of which it is an agent, the outermost first.
    private let chain: [Origin]
    private(set) var findings: [Finding] = []

    /// How many pipelines may be agents of one another.
    static let mostLevels = 3

    init(_ sources: PipelineSources, _ loader: PipelineLoader, _ chain: [Origin]) {
        self.sources = sources
        self.loader = loader
        self.chain = chain
    }

    /// The document with what could be loaded; the rest is told in ``findings``.
    mutating func loaded(_ json: JSONValue, from root: YAMLNode, in files: [SourceFile]) -> JSONValue {
        guard case .object(var document) = json, case .object(var agents)? = document["agents"] else { return json }
        for (name, agent) in agents.sorted(by: { $0.key < $1.key }) {
            guard case .object(var declared) = agent, let pipeline = declared["pipeline"]?.text else { continue }
            let place = FieldPath().appending("agents").appending(name).appending("pipeline")
            let file = root["agents"]?[name]?["pipeline"]?.start.document ?? 0
            do throws(Failure) {
                let own = Origin(file: files.indices.contains(file) ? files[file].name : "", [])
                let origin = try own.parent(pipeline, in: sources)
                declared["pipeline"] = try self.pipeline(origin, with: declared["with"]?.members ?? [:]).json
                agents[name] = .object(declared)
            } catch {
                findings.append(Finding(FieldProblem(place, error.message)))
            }
        }
        document["agents"] = .object(agents)
        return .object(document)
    }

    private func pipeline(_ origin: Origin, with inputs: [String: JSONValue]) throws(Failure) -> Pipeline {
        let names = (chain + [origin]).map(\.name).joined(separator: " → ")
        if chain.contains(where: { $0.identity == origin.identity }) {
            throw Failure(.invalidInput, "A pipeline may not be an agent of itself: \(names).")
        }
        if chain.count > Self.mostLevels {
            throw Failure(.invalidInput, "More than \(Self.mostLevels) pipelines are agents of one another: \(names).")
        }
        let loaded: LoadedPipeline
        do throws(Diagnostics) { loaded = try loader.load(origin, below: chain) } catch {
            let first = error.all.first { $0.severity == .error }?.message ?? ""
            let more = "'sluice lint \(origin.name)' shows them all."
            throw Failure(.invalidInput, "The pipeline '\(origin.name)' has mistakes. \(first) \(more)")
        }
        guard loaded.pipeline.env.isEmpty else {
            throw Failure(
                .invalidInput,
                "The pipeline '\(origin.name)' reads variables under 'env', which an agent has none of."
            )
        }
        do throws(FieldProblems) { return try loaded.pipeline.resolved(inputs: inputs) } catch {
            throw Failure(.invalidInput, "The pipeline '\(origin.name)': \(error.failure.message)")
        }
    }
}
