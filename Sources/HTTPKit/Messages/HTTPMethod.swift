/// What a request asks for; RFC 9110, section 9. Names are case-sensitive.
public struct HTTPMethod: Sendable, Hashable, CustomStringConvertible {
    public let name: String

    public init(_ name: String) { self.name = name }

    public static let get = HTTPMethod("GET")
    public static let head = HTTPMethod("HEAD")
    public static let post = HTTPMethod("POST")
    public static let put = HTTPMethod("PUT")
    public static let patch = HTTPMethod("PATCH")
    public static let delete = HTTPMethod("DELETE")
    public static let options = HTTPMethod("OPTIONS")

    /// Whether the request changes nothing; RFC 9110, section 9.2.1.
    public var isSafe: Bool { self == .get || self == .head || self == .options }

    public var description: String { name }
}
