public import PipelineKit

/// What a server of the Model Context Protocol is told about itself and the person whose runs it offers.
public struct MCPSettings: Sendable {
    /// Whose answers the questions of runs are given.
    public enum Answers: String, Choice {
        /// The person's, whom the client shows the question; the model that drives the client cannot give any.
        case person
        /// Those of whoever calls the tool: the model, as far as the client lets it.
        case client
        /// None; people answer elsewhere.
        case none
    }

    public var version: String
    /// Absolute path of the project: runs are started there, and no others are told of.
    public var directory: String
    /// Whose runs these are; part of what is recorded with an answer.
    public var person: String
    public var answers: Answers
    /// Whether runs are only looked at.
    public var isReadOnly: Bool

    public init(
        version: String,
        directory: String,
        person: String,
        answers: Answers = .person,
        isReadOnly: Bool = false
    ) {
        self.version = version
        self.directory = directory
        self.person = person
        self.answers = answers
        self.isReadOnly = isReadOnly
    }

    /// What runs remember as their origin.
    public static let origin = "mcp"
}
