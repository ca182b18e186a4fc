import PipelineKit
import RPCKit
import Synchronization

/// What a server says of its own accord: how far it is, what it notes, what it asks.
final class ServerTalk: Sendable {
    private let workspace: String
    /// By the numbers of calls, which are their tokens as well.
    private let watchers = Mutex<[Int: @Sendable (String) -> Void]>([:])

    init(workspace: String) { self.workspace = workspace }

    func watch(_ call: Int, _ progress: (@Sendable (String) -> Void)?) {
        watchers.withLock { $0[call] = progress }
    }

    /// Lists that changed are not taken note of: they are read anew whenever a process takes a run up.
    func take(_ method: String, _ params: JSONValue?) {
        switch method {
        case "notifications/progress":
            guard let token = params?["progressToken"]?.integer else { return }
            watchers.withLock { $0[token] }?(Self.progress(params))
        case "notifications/message":
            let line = Self.note(params)
            for watcher in watchers.withLock({ Array($0.values) }) { watcher(line) }
        default: break
        }
    }

    /// What the handshake says that can be asked here, and nothing else.
    func answer(_ request: RPCRequest) throws(RPCError) -> JSONValue {
        switch request.method {
        case "ping": return [:]
        case "roots/list":
            let name = workspace.split(separator: "/").last.map(String.init) ?? "/"
            return ["roots": [["uri": .string("file://\(Self.escaped(workspace))"), "name": .string(name)]]]
        default:
            throw RPCError(
                RPCError.methodNotFound,
                "'\(request.method.shortened(to: 80))' is not offered: it was not among the client's capabilities."
            )
        }
    }

    /// `3 of 10: indexing`
    private static func progress(_ params: JSONValue?) -> String {
        let done = params?["progress"].map(number) ?? "?"
        let total = params?["total"]?.number == nil ? "" : " of \(params?["total"].map(number) ?? "")"
        let said = params?["message"]?.text.map { ": \(Untrusted.text($0, most: 500))" } ?? ""
        return "\(done)\(total)\(said)\n"
    }

    private static func number(_ json: JSONValue) -> String { String(json.jsonText.prefix(20)) }

    /// `[warning] index: disk is slow`
    private static func note(_ params: JSONValue?) -> String {
        let level = params?["level"]?.text ?? "info"
        let logger = params?["logger"]?.text.map { "\($0): " } ?? ""
        let data = params?["data"].map { $0.text ?? $0.jsonText } ?? ""
        return Untrusted.text("[\(level)] \(logger)\(data)", most: 2_000) + "\n"
    }

    /// RFC 3986: what may stand in a path stays.
    private static func escaped(_ path: String) -> String {
        path.utf8.reduce(into: "") { text, byte in
            let isPlain = "/-._~".utf8.contains(byte) || ModuleID(String(UnicodeScalar(byte))).isUsableByModels
            text += isPlain ? String(UnicodeScalar(byte)) : "%" + [byte].hexadecimal.uppercased()
        }
    }
}
