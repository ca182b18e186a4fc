import BuiltInPipelines
import FoundationEssentials
import PipelineEngine
import PipelineKit

/// Finds pipelines by name or path, and loads them with every mistake told.
struct PipelineFiles: Sendable {
    private let loader: PipelineLoader
    private let builtIn: [String: String]

    /// - Parameter project: Absolute path of the directory to work on.
    init(_ session: Session, project: String = absolute(".")) {
        builtIn = BuiltInPipelines.all
        loader = PipelineLoader(.standard, registry: session.registry, project: project)
    }

    /// A built-in pipeline by its name, or a file by its path.
    ///
    /// - Throws: every mistake of the file, as they are shown to a person.
    func load(_ word: String) throws(CommandError) -> LoadedPipeline { try told(try checked(word)) }

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
    func checked(_ word: String) throws(CommandError) -> Result<LoadedPipeline, Diagnostics> {
        let isFile = word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml")
        guard isFile || builtIn[word] != nil else {
            let near = Suggestion.sentence(for: word, among: builtIn.keys)
            let names = builtIn.keys.sorted().joined(separator: ", ")
            throw .usage(
                """
                There is no built-in pipeline '\(word)'.\(near) There are: \(names). A file is named with its ending: \
                '\(word).yaml'.
                """
            )
        }
        return Result { () throws(Diagnostics) in
            isFile ? try loader.load(file: word) : try loader.load(builtIn: word)
        }
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
