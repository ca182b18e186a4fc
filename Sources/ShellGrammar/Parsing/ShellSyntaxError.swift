/// Why a command line could not be read.
///
/// It may be wrong, or be something that the grammar here leaves to a person on purpose.
public struct ShellSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Bytes before the place, from 0.
    public var offset: Int
    /// What is there, in a sentence: `')' was not expected.`
    public var message: String

    public var description: String { "At byte \(offset + 1): \(message)" }
}
