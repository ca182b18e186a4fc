/// Why a listener cannot listen, as a sentence for a person.
public struct ListenerError: Error, Sendable, Hashable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
