public import PipelineKit

/// What an agent of the Agent Client Protocol is told about itself and the person in front of the editor.
public struct ACPSettings: Sendable {
    /// The pipeline that a prompt runs.
    ///
    /// - Parameters:
    ///   - directory: The session's.
    ///   - prompt: What the person has written.
    public typealias Loader = @Sendable (_ directory: String, _ prompt: String) throws(Failure) -> Pipeline

    public var version: String
    /// Whose runs these are; part of what is recorded with an answer.
    public var person: String
    public var pipeline: Loader

    public init(version: String, person: String, pipeline: @escaping Loader) {
        self.version = version
        self.person = person
        self.pipeline = pipeline
    }

    /// What runs remember as their origin.
    public static let origin = "acp"
}
