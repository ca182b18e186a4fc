import PipelineKit
import ProviderKit

/// What a pipeline says of one server.
struct ServerDeclaration: Fields, Hashable {
    @Field("The program that is the server, and its arguments; it is spoken with over its standard streams.")
    var command: [String]? = nil
    @Field("Where a server is that is there already: https://host/mcp.") var url: String? = nil
    @Field("Variables that the program sees besides the usual ones; env:NAME and its like refer to secrets.")
    var env: [String: SecretText] = [:]
    @Field("Headers of each request to the url; a secret may be referred to, also as 'Bearer env:NAME'.")
    var headers: [String: SecretText] = [:]
    @Field("How long a call may take.") var timeout: Duration = .seconds(60)
    @Field("How long the server may take until it has said what it speaks.") var startTimeout: Duration = .seconds(20)
    @Field("What its tools may touch at most; when left out reads, writes, runs and network, or network and outside.")
    var reach: [Reach]? = nil
    @Field("Whether the program runs in the sandbox of the run, where there is one.") var confined: Bool = true
    @Field("Patterns of its tools that there are at all; * stands for any characters.") var tools: [String] = ["*"]
    @Field("The revision that is spoken; auto asks the server.") var `protocol`: ProtocolChoice = .auto
    @Field("Whether a tool of which the server says that it only reads is believed to.")
    var trustAnnotations: Bool = false

    init() {}

    func check(_ reader: inout FieldReader) {
        switch (command, url) {
        case (nil, nil), (.some, .some):
            reader.problem("A server has either a 'command' or a 'url'.")
        case (let command?, nil): check(command, &reader)
        case (nil, let url?): check(url, &reader)
        }
        if reach == [] { reader.problem(inValueOf: "reach", "must name something, but is empty.") }
        for (key, time) in [("timeout", timeout), ("start_timeout", startTimeout)] where time <= .zero {
            reader.problem(inValueOf: key, "must be more than nothing.")
        }
        for pattern in tools where pattern.isEmpty || pattern.utf8.count > TextPattern.mostBytes {
            reader.problem(inValueOf: "tools", "must hold patterns of 1 to \(TextPattern.mostBytes) bytes.")
        }
    }

    private func check(_ command: [String], _ reader: inout FieldReader) {
        if command.first?.isEmpty ?? true {
            reader.problem(inValueOf: "command", "must begin with a program: [uvx, mcp-server-git].")
        }
        if command.contains(where: { $0.utf8.contains(0) }) {
            reader.problem(inValueOf: "command", "must not hold a NUL character.")
        }
        if !headers.isEmpty { reader.problem(inValueOf: "headers", "are sent to a 'url', and this is a 'command'.") }
        for name in env.keys.sorted() where !Self.isVariable(name) {
            reader.problem(inValueOf: "env", "must have names of variables as its keys, but has '\(name)'.")
        }
    }

    private func check(_ url: String, _ reader: inout FieldReader) {
        if !url.contains("${"), !Self.isAddress(url) {
            reader.problem(
                inValueOf: "url",
                "must begin with 'https://' or 'http://', but is \"\(url.shortened(to: 80))\"."
            )
        }
        if !env.isEmpty { reader.problem(inValueOf: "env", "is given to a 'command', and this is a 'url'.") }
        for name in headers.keys.sorted() where !Self.isHeader(name) || Self.ownHeaders.contains(name.lowercased()) {
            reader.problem(inValueOf: "headers", "cannot have '\(name.shortened(to: 80))'.")
        }
    }

    private static func isAddress(_ url: String) -> Bool {
        ["https://", "http://"].contains { url.hasPrefix($0) && url.utf8.count > $0.utf8.count }
            && url.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { $0 == 0x5F || ModuleID(String(UnicodeScalar($0))).isUsableByModels && $0 != 0x2D }
    }

    /// A token of RFC 9110, section 5.6.2.
    private static func isHeader(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                "!#$%&'*+-.^_`|~".utf8.contains($0) || ModuleID(String(UnicodeScalar($0))).isUsableByModels
            }
    }

    /// What the protocol says itself.
    private static let ownHeaders: Set = [
        "accept", "content-type", "content-length", "host", "mcp-protocol-version", "mcp-session-id", "mcp-method",
        "mcp-name", "last-event-id",
    ]
}

extension ServerDeclaration {
    /// What calls of its tools may touch at most. A program that is not confined may touch what it likes.
    var allowedReach: Set<Reach> {
        if let reach { return Set(reach) }
        guard command != nil else { return [.network, .outside] }
        return confined ? [.reads, .writes, .runs, .network] : [.reads, .writes, .runs, .network, .outside]
    }

    /// Of a tool that only reads: what lies between here and a server elsewhere is still crossed.
    var readingReach: Set<Reach> {
        command != nil ? [.reads] : allowedReach.subtracting([.writes, .runs])
    }

    func has(_ tool: String) -> Bool { tools.contains { TextPattern($0).matches(tool) } }
}

/// Which revision of the protocol is spoken.
enum ProtocolChoice: String, Choice {
    case auto
    case handshake = "2025-11-25"
    case stateless = "2026-07-28"
}
