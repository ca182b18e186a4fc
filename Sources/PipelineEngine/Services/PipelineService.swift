import FoundationEssentials
public import PipelineKit

/// The pipelines that clients may start, and the directories they may be started on.
///
/// Nothing outside of ``EngineParts/roots`` is read for a client, nor is it told whether anything is there.
public struct PipelineService: Sendable {
    /// The longest file or text, in bytes.
    public static let longestText = 1 << 20

    private let registry: Registry
    private let sources: PipelineSources
    private let roots: ServedRoots
    private let environment: [String: String]

    init(_ parts: EngineParts) {
        registry = parts.registry
        sources = parts.sources
        roots = ServedRoots(parts.roots)
        environment = parts.environment
    }

    /// What comes with the product, and every pipeline among the `*.yaml` and `*.yml` of each root, of its `.sluice` and
    /// of its `pipelines`, in the order of their names.
    public func list() -> [PipelineListing] {
        sources.builtInNames.compactMap { listing($0, .builtIn) } + files.compactMap { listing($0, .file) }
    }

    /// Loads a pipeline by a name.
    ///
    /// - Parameter ref: A built-in, a gate (then it is the goal, and all else is as by default), or a path with a slash
    ///   or an ending: absolute, or relative to a root.
    public func load(_ ref: String) throws(PipelineError) -> ServedPipeline {
        if Self.isPath(ref) { return try load(file: ref) }
        if sources.builtIn(ref) != nil {
            return try served(ref, .builtIn) { loader throws(Diagnostics) in try loader.load(builtIn: ref) }
        }
        guard registry.gates[ModuleID(ref)] != nil else {
            let names = sources.builtInNames + registry.gates.keys.map(\.value)
            throw .unknown("There is no pipeline '\(ref)'.\(Suggestion.sentence(for: ref, among: names))")
        }
        return try served(ref, .gate) { loader throws(Diagnostics) in
            try loader.load("name: \(ref)\ngoal: \(ref)\n", file: ref)
        }
    }

    /// Loads a pipeline out of a text that a client sent; it may extend what comes with the product, and no file.
    public func load(yaml text: String) throws(PipelineError) -> ServedPipeline {
        guard text.utf8.count <= Self.longestText else { throw .mistakes(Self.tooLong("pipeline.yaml")) }
        let refuse: @Sendable (String) throws(Failure) -> [UInt8] = { _ throws(Failure) in
            throw Failure(.denied, "a pipeline that is sent as text may extend built-in ones only.")
        }
        return try served("", .text, reading: refuse) { loader throws(Diagnostics) in
            try loader.load(text, file: "pipeline.yaml")
        }
    }

    /// Everything that is wrong with a text, warnings included, and the pipeline unless there are errors.
    public func lint(yaml text: String) -> (pipeline: ServedPipeline?, diagnostics: [Diagnostic]) {
        do throws(PipelineError) {
            let served = try load(yaml: text)
            return (served, served.loaded.warnings)
        } catch {
            switch error {
            case .mistakes(let diagnostics): return (nil, diagnostics.all)
            case .unknown(let sentence): return (nil, [Diagnostic(.error, sentence, in: "pipeline.yaml")])
            }
        }
    }

    /// The pipeline with its inputs filled in, ready for a ``RunOrder``.
    ///
    /// A text that a client sent sees no environment, has no programs run outside of the sandbox, and shows commands
    /// nothing but what is within the roots.
    ///
    /// - Throws: every mistake at once.
    public func resolved(
        _ served: ServedPipeline,
        inputs: [String: JSONValue] = [:]
    ) throws(FieldProblems) -> Pipeline {
        guard served.source == .text else {
            return try served.pipeline.resolved(inputs: inputs, environment: environment)
        }
        try SentPipeline(served.pipeline, roots).expectNoneOfTheServers()
        var sent = SentPipeline(try served.pipeline.resolved(inputs: inputs), roots)
        try sent.confine()
        return sent.pipeline
    }

    /// The absolute path of a project's directory, without symbolic links.
    ///
    /// - Parameter name: Absolute, or relative to a root.
    /// - Throws: ``ServiceError/invalid(_:)`` when it is no directory within the roots.
    public func directory(_ name: String) throws(ServiceError) -> String {
        guard let path = roots.directory(name) else {
            throw .invalid(
                roots.paths.isEmpty
                    ? "This server works on no directory. Start it with a directory for projects."
                    : "'\(name)' is no directory within those that this server works on: \(roots.list)."
            )
        }
        return path
    }

    // MARK: - Files

    private static func isPath(_ ref: String) -> Bool { ref.contains("/") || isYAML(ref) }
    private static func isYAML(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }

    private static func tooLong(_ name: String) -> Diagnostics {
        Diagnostics([Diagnostic(.error, "It is longer than \(longestText) bytes, which no pipeline needs.", in: name)])
    }

    private func load(file ref: String) throws(PipelineError) -> ServedPipeline {
        guard Self.isYAML(ref), let file = roots.file(ref, limit: Self.longestText) else {
            throw .unknown("There is no pipeline '\(ref)' in the directories of this server.")
        }
        guard file.bytes.count <= Self.longestText else { throw .mistakes(Self.tooLong(file.path)) }
        return try served(file.path, .file) { loader throws(Diagnostics) in try loader.load(file: file.path) }
    }

    private func served(
        _ ref: String,
        _ source: ServedPipeline.Source,
        reading: (@Sendable (String) throws(Failure) -> [UInt8])? = nil,
        _ load: (PipelineLoader) throws(Diagnostics) -> LoadedPipeline
    ) throws(PipelineError) -> ServedPipeline {
        var sources = sources
        sources.read = reading ?? read
        do throws(Diagnostics) {
            let loaded = try load(PipelineLoader(sources, registry: registry))
            return ServedPipeline(ref: ref, source: source, loaded: loaded)
        } catch {
            throw .mistakes(error)
        }
    }

    /// What a file of the roots extends stands within them too.
    private var read: @Sendable (String) throws(Failure) -> [UInt8] {
        { [roots] path throws(Failure) in
            guard let file = roots.file(path, limit: Self.longestText) else {
                throw Failure(.missing, "there is no such file in the directories of this server.")
            }
            return file.bytes
        }
    }

    /// - Returns: `nil` when the file was taken away meanwhile.
    private func listing(_ ref: String, _ source: ServedPipeline.Source) -> PipelineListing? {
        do throws(PipelineError) {
            return PipelineListing(ref: ref, source: source, outcome: .success(try load(ref)))
        } catch {
            guard case .mistakes(let diagnostics) = error else { return nil }
            return PipelineListing(ref: ref, source: source, outcome: .failure(diagnostics))
        }
    }

    /// The real paths of the files that are pipelines.
    private var files: [String] {
        let directories = roots.paths.flatMap { root in [root, "\(root)/.sluice", "\(root)/pipelines"] }
        let named = directories.compactMap(roots.directory).flatMap { directory in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            return names.filter(Self.isYAML).sorted().map { "\(directory)/\($0)" }
        }
        return named.reduce(into: []) { found, name in
            guard let file = roots.file(name, limit: Self.longestText), Self.isPipeline(file.bytes) else { return }
            if !found.contains(file.path) { found.append(file.path) }
        }
    }

    /// Whether a YAML file is meant as a pipeline, right or wrong: it names a goal, or what it extends.
    private static func isPipeline(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            line.starts(with: "goal:".utf8) || line.starts(with: "extends:".utf8)
        }
    }
}
