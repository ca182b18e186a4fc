/// The names of the protocol, in both revisions.
enum MCPWords {
    static let handshake = "2025-11-25"
    static let stateless = "2026-07-28"
    /// All that begin with a handshake; what is spoken here is the same in each of them.
    static let handshakes = ["2024-11-05", "2025-03-26", "2025-06-18", handshake]
    static let all = handshakes + [stateless]

    /// Keys of `_meta` (2026-07-28).
    static let version = "io.modelcontextprotocol/protocolVersion"
    static let client = "io.modelcontextprotocol/clientInfo"
    static let capabilities = "io.modelcontextprotocol/clientCapabilities"
    static let server = "io.modelcontextprotocol/serverInfo"
    /// The code for a version that is not spoken (2026-07-28, errors).
    static let unsupported = -32_022

    /// Milliseconds for which a client may keep a list: it changes with the program only.
    static let lifetime = 3_600_000
    /// How long a person may take to answer a form.
    static let patience = Duration.seconds(3_600)

    static let instructions = """
        Sluice runs pipelines: a model works on this project until a check of the goal holds, within limits. Start a run, \
        follow it with watch_run, and read what it changed. A run that asks something waits for a person: say so, and have \
        them answer.
        """
}
