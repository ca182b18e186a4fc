import PipelineKit
import YAML

/// Puts the pipelines of agents and steps in the place of their names, so that a run keeps them as they stood when it was started.
struct AgentPipelines {
    private let sources: PipelineSources
    private let loader: PipelineLoader
    /// The pipeline and those of which it is an agent or a step, the outermost first.
    private let chain: [Origin]
    private(set) var findings: [Finding] = []

    /// How many pipelines may be agents or steps of one another.
    static let mostLevels = 3

    init(_ sources: PipelineSources, _ loader: PipelineLoader, _ chain: [Origin]) {
        self.sources = sources
        self.loader = loader
        self.chain = chain
    }

    /// The document with what could be loaded; the rest is told in ``findings``.
    mutating func loaded(_ json: JSONValue, from root: YAMLNode, in files: [SourceFile]) -> JSONValue {
        guard case .object(var document) = json else { return json }
        if case .object(let agents)? = document["agents"] {
            let place = FieldPath().appending("agents")
            let loaded = agents.sorted(by: { $0.key < $1.key }).map { name, agent in
                let node = root["agents"]?[name]?["pipeline"]
                return (name, self.loaded(agent, named: node, in: files, at: place.appending(name), isAgent: true))
            }
            document["agents"] = .object(Dictionary(uniqueKeysWithValues: loaded))
        }
        if case .array(let steps)? = document["steps"] {
            let place = FieldPath().appending("steps")
            let loaded = steps.enumerated().map { index, step in
                let node = root["steps"]?.elements.dropFirst(index).first?["pipeline"]
                return self.loaded(step, named: node, in: files, at: place.appending(index), isAgent: false)
            }
            document["steps"] = .array(loaded)
        }
        return .object(document)
    }

    /// What names a pipeline, with the pipeline. The inputs of an agent are given once and for all, those of a step when it
    /// begins.
    private mutating func loaded(
        _ json: JSONValue,
        named node: YAMLNode?,
        in files: [SourceFile],
        at place: FieldPath,
        isAgent: Bool
    ) -> JSONValue {
        guard case .object(var declared) = json, let name = declared["pipeline"]?.text else { return json }
        let file = node?.start.document ?? 0
        do throws(Failure) {
            let own = Origin(file: files.indices.contains(file) ? files[file].name : "", [])
            let origin = try own.parent(name, in: sources)
            var pipeline = try self.pipeline(origin)
            if isAgent { pipeline = try Self.resolved(pipeline, declared["with"]?.members ?? [:], named: origin.name) }
            declared["pipeline"] = pipeline.json
        } catch {
            findings.append(Finding(FieldProblem(place.appending("pipeline"), error.message)))
        }
        return .object(declared)
    }

    private func pipeline(_ origin: Origin) throws(Failure) -> Pipeline {
        let names = (chain + [origin]).map(\.name).joined(separator: " → ")
        if chain.contains(where: { $0.identity == origin.identity }) {
            throw Failure(.invalidInput, "A pipeline may not be an agent or a step of itself: \(names).")
        }
        if chain.count > Self.mostLevels {
            throw Failure(
                .invalidInput,
                "More than \(Self.mostLevels) pipelines are agents or steps of one another: \(names)."
            )
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
                "The pipeline '\(origin.name)' reads variables under 'env', which agents and steps have none of."
            )
        }
        return loaded.pipeline
    }

    private static func resolved(
        _ pipeline: Pipeline,
        _ inputs: [String: JSONValue],
        named name: String
    ) throws(Failure) -> Pipeline {
        do throws(FieldProblems) { return try pipeline.resolved(inputs: inputs) } catch {
            throw Failure(.invalidInput, "The pipeline '\(name)': \(error.failure.message)")
        }
    }
}
