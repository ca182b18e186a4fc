import PipelineKit

/// What a server and this program agreed to speak.
struct Agreement: Sendable {
    enum Style: Sendable {
        /// After a handshake, which said everything once.
        case handshake
        /// Each request says everything.
        case stateless
    }

    let style: Style
    /// The revision, as both name it: `2025-11-25`.
    let version: String
    /// What the server says that it has: `tools`, `resources`, `prompts`.
    let capabilities: [String: JSONValue]

    func has(_ capability: String) -> Bool { capabilities[capability] != nil }
}

enum Revision {
    static let handshake = "2025-11-25"
    static let stateless = "2026-07-28"
    /// All that have a handshake: what is asked for here is the same in each of them.
    static let handshakes: Set = ["2024-11-05", "2025-03-26", "2025-06-18", handshake]
    /// What a server answers that knows none of the versions it was asked in (2026-07-28, errors).
    static let unsupported = -32_022
}
