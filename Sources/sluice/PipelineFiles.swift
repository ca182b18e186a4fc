import BuiltInPipelines
import FoundationEssentials
import PipelineEngine
import PipelineKit

/// Finds pipelines by name or path, and loads them with every mistake told.
struct PipelineFiles: Sendable {
    private let loader: PipelineLoader
    private let builtIn: [String: String]
    private let gates: [ModuleID: GateFactory]

    /// - Parameter project: Absolute path of the directory to work on.
    init(_ session: Session, project: String = absolute(".")) {
        let registry = session.registry
        builtIn = BuiltInPipelines.all
        gates = registry.gates
        loader = PipelineLoader(.standard, registry: registry, project: project)
    }

    /// A built-in pipeline by its name, a goal by that of its gate, or a file by its path.
    ///
    /// - Parameter given: The inputs that a person gives; for a goal they are its settings.
    /// - Throws: every mistake of the file, as they are shown to a person.
    func load(_ word: String, given: [String: JSONValue] = [:]) throws(CommandError) -> LoadedPipeline {
        let loaded = try checked(word, given: given)
        guard case .failure(let mistakes) = loaded, let goal = goal(word) else { return try told(loaded) }
        let missing = goal.missing(given: given).map { "'\($0)'" }.joined(separator: ", ")
        let said = missing.isEmpty ? mistakes.all.map(\.message) : ["The goal '\(word)' needs \(missing)."]
        throw .usage("\(said.joined(separator: "\n"))\n\(Self.howToGive(word))")
    }

    /// A pipeline that others can extend: a built-in one by its name, or a file by its path.
    ///
    /// - Throws: every mistake of the file, as they are shown to a person.
    func load(parent word: String) throws(CommandError) -> LoadedPipeline {
        guard goal(word) == nil else {
            throw .usage("'\(word)' is the name of a goal, and no pipeline: write 'goal: \(word)' into one.")
        }
        return try load(word)
    }

    /// A pipeline that stands in no file.
    ///
    /// - Parameter name: What its mistakes are shown under.
    /// - Throws: every mistake, as they are shown to a person.
    func load(text: String, name: String) throws(CommandError) -> LoadedPipeline {
        try told(Result { () throws(Diagnostics) in try loader.load(text, file: name) })
    }

    private func told(_ loaded: Result<LoadedPipeline, Diagnostics>) throws(CommandError) -> LoadedPipeline {
        switch loaded {
        case .success(let loaded):
            for warning in loaded.warnings { Output.error("\(warning)") }
            return loaded
        case .failure(let mistakes): throw .usage("\(mistakes)")
        }
    }

    /// As ``load(_:)``, with all that is wrong as data.
    ///
    /// - Throws: when there is no pipeline of this name.
    func checked(
        _ word: String,
        given: [String: JSONValue] = [:]
    ) throws(CommandError) -> Result<LoadedPipeline, Diagnostics> {
        if Self.isFile(word) { return Result { () throws(Diagnostics) in try loader.load(file: word) } }
        if builtIn[word] != nil { return Result { () throws(Diagnostics) in try loader.load(builtIn: word) } }
        guard let goal = goal(word) else { throw unknown(word) }
        let text = try Self.text(of: goal, named: word, given: given)
        return Result { () throws(Diagnostics) in try loader.load(text, file: word) }
    }

    private static func isFile(_ word: String) -> Bool {
        word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml")
    }

    private func goal(_ word: String) -> GatePipeline? {
        guard !Self.isFile(word), builtIn[word] == nil else { return nil }
        return gates[ModuleID(word)].map { GatePipeline(word, $0) }
    }

    private func unknown(_ word: String) -> CommandError {
        let near = Suggestion.sentence(for: word, among: Array(builtIn.keys) + gates.keys.map(\.value))
        let names = builtIn.keys.sorted().joined(separator: ", ")
        return .usage(
            """
            There is no built-in pipeline '\(word)'.\(near) There are: \(names). The name of a goal does it, too \
            ('sluice modules' lists them). A file is named with its ending: '\(word).yaml'.
            """
        )
    }

    private static func text(
        of goal: GatePipeline,
        named name: String,
        given: [String: JSONValue]
    ) throws(CommandError) -> String {
        do throws(GatePipeline.Problem) { return try goal.text(given: given) } catch {
            switch error {
            case .unknown(let setting, let near):
                throw .usage("The goal '\(name)' has no setting '\(setting)'.\(near)\n\(howToGive(name))")
            case .moreThanAWord(let setting, let kind):
                throw .usage(
                    """
                    The setting '\(setting)' of the goal '\(name)' is a \(kind), which '--set' cannot give. Write it into \
                    a file: 'sluice modules show \(name)' shows how.
                    """
                )
            }
        }
    }

    private static func howToGive(_ name: String) -> String {
        "Settings of a goal are given with --set NAME=VALUE; 'sluice modules show \(name)' lists them."
    }
}

extension PipelineSources {
    /// What comes with the product, and the files of this machine.
    static var standard: PipelineSources {
        let builtIn = BuiltInPipelines.all
        return PipelineSources(
            builtInNames: builtIn.keys.sorted(),
            builtIn: { name in builtIn[name].map { (name: "\(name).yaml", text: $0) } },
            read: PipelineSources.disk
        )
    }
}

extension LoadedPipeline {
    /// The pipeline with its inputs filled in, checked once more.
    func resolved(_ inputs: [String: JSONValue], _ session: Session) throws(CommandError) -> Pipeline {
        do throws(FieldProblems) {
            return try pipeline.resolved(inputs: inputs, environment: session.environment)
        } catch {
            throw .usage(error.all.map(\.message).joined(separator: "\n"))
        }
    }
}
