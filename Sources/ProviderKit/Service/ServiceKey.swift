import PipelineKit

/// A key with the name of the variable it came from, which is all that is ever told of it.
public struct ServiceKey: Sendable {
    public var variable: String
    public var value: String

    /// White space around the value is dropped; a key read from a file often ends in a line feed.
    public init(variable: String, value: String) {
        self.variable = variable
        self.value = value.trimmed
    }
}
