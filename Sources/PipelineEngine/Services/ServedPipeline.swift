public import PipelineKit

/// A pipeline as a server offers it, whole in itself, its inputs still open.
public struct ServedPipeline: Sendable, Hashable {
    /// Where it comes from.
    public enum Source: String, Sendable, Hashable {
        /// It comes with the product.
        case builtIn = "built_in"
        /// A goal of one gate, with defaults for everything else.
        case gate
        /// A file within the roots.
        case file
        /// A client sent its text.
        case text
    }

    /// The name to load it by: of a built-in or a gate, or the real path of a file; empty for a text.
    public var ref: String
    public var source: Source
    public var loaded: LoadedPipeline

    public var pipeline: Pipeline { loaded.pipeline }
}

/// One row of the list of pipelines: a pipeline, or why there is none.
public struct PipelineListing: Sendable {
    public var ref: String
    public var source: ServedPipeline.Source
    public var outcome: Result<ServedPipeline, Diagnostics>
}

/// Why a pipeline cannot be had.
public enum PipelineError: Error, Sendable, Hashable {
    /// There is none of this name, or none that clients may read: one sentence.
    case unknown(String)
    /// Everything that is wrong with it.
    case mistakes(Diagnostics)
}

extension PipelineError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknown(let sentence): sentence
        case .mistakes(let diagnostics): "\(diagnostics)"
        }
    }
}
