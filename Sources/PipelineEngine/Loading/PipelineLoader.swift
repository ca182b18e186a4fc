public import PipelineKit
import YAML

/// Reads a pipeline from text, with everything it extends, and tells every mistake at once.
public struct PipelineLoader: Sendable {
    private let sources: PipelineSources
    private let linter: PipelineLinter?
    /// The pipelines of which this one is an agent, the outermost first.
    private var above: [Origin] = []

    /// - Parameters:
    ///   - registry: What the pipeline may use; without one, only its form is checked.
    ///   - project: Absolute path of the directory that a run would work on; `nil` when it is not known yet.
    public init(_ sources: PipelineSources, registry: Registry? = nil, project: String? = nil) {
        self.sources = sources
        linter = registry.map { PipelineLinter($0, project: project) }
    }

    /// Loads a file.
    ///
    /// - Throws: ``PipelineKit/Diagnostics`` with at least one error.
    public func load(file path: String) throws(Diagnostics) -> LoadedPipeline {
        let bytes: [UInt8]
        do throws(Failure) { bytes = try sources.read(path) } catch {
            throw Diagnostics([Diagnostic(.error, "Cannot read this file: \(error.message)", in: path)])
        }
        return try load(Origin(file: path, bytes))
    }

    /// Loads a pipeline that comes with the product.
    ///
    /// - Throws: ``PipelineKit/Diagnostics`` with at least one error.
    public func load(builtIn name: String) throws(Diagnostics) -> LoadedPipeline {
        guard let found = sources.builtIn(name) else {
            let near = Suggestion.sentence(for: name, among: sources.builtInNames)
            throw Diagnostics([Diagnostic(.error, "There is no built-in pipeline '\(name)'.\(near)", in: name)])
        }
        return try load(Origin(builtIn: name, found))
    }

    /// Loads a text.
    ///
    /// - Parameter file: The name to show, and the path that what it extends is relative to.
    /// - Throws: ``PipelineKit/Diagnostics`` with at least one error.
    public func load(_ text: String, file: String) throws(Diagnostics) -> LoadedPipeline {
        try load(Origin(file: file, Array(text.utf8)))
    }

    /// Loads a pipeline as an agent of others.
    func load(_ origin: Origin, below chain: [Origin]) throws(Diagnostics) -> LoadedPipeline {
        var inner = self
        inner.above = chain
        return try inner.load(origin)
    }

    private func load(_ origin: Origin) throws(Diagnostics) -> LoadedPipeline {
        var inheritance = Inheritance(sources)
        let root = inheritance.read(origin)
        var located = inheritance.problems.map { Located($0) }
        guard let root else { throw Diagnostics(located.diagnostics(in: inheritance.files)) }
        var unkept: [YAMLError] = []
        let json = JSONValue(root, &unkept)
        located += unkept.map { Located($0) }
        let document = PipelineDocument(root, json: json, files: inheritance.files)
        var agents = AgentPipelines(sources, self, above + [origin])
        let whole = agents.loaded(json, from: root, in: inheritance.files)
        let (pipeline, found) = checked(whole, agents.findings, isWhole: inheritance.isWhole)
        // One place, one complaint: text that could not be read is not also text of the wrong type.
        let told = Set(located.map(\.mark))
        located += found.map(document.located).filter { !told.contains($0.mark) }
        let diagnostics = located.diagnostics(in: inheritance.files)
        guard let pipeline, !located.contains(where: { $0.severity == .error }) else { throw Diagnostics(diagnostics) }
        return LoadedPipeline(pipeline: pipeline, document: document, warnings: diagnostics)
    }

    /// The pipeline, if it can be read, and all that is wrong with it.
    ///
    /// - Parameter before: What is known to be wrong.
    private func checked(_ json: JSONValue, _ before: [Finding], isWhole: Bool) -> (Pipeline?, [Finding]) {
        do throws(FieldProblems) {
            var pipeline = try Pipeline(json: json)
            pipeline.extends = nil
            return (pipeline, before + (linter?.findings(in: pipeline) ?? []))
        } catch {
            // What is missing here may stand in the file that could not be read.
            let draft = PipelineDraft(json, without: error.all)
            let problems = (error.all + (draft?.further ?? [])).filter { isWhole || !$0.path.parts.isEmpty }
            let told = before + problems.map { Finding($0) }
            guard let draft, let linter else { return (nil, told) }
            return (nil, told + linter.findings(in: draft.pipeline).filter { draft.holds($0) })
        }
    }
}

/// A pipeline that can be used.
public struct LoadedPipeline: Sendable, Hashable {
    /// Whole in itself: what it extends has been merged in.
    public var pipeline: Pipeline
    /// As it was written.
    public var document: PipelineDocument
    /// What is allowed, and probably not meant.
    public var warnings: [Diagnostic]
}
