public import PipelineKit

/// One message of JSON-RPC 2.0 (<https://www.jsonrpc.org/specification>).
///
/// Batches are not taken: neither MCP (since 2025-06-18) nor the language servers nor ACP have them.
public enum RPCMessage: Sendable, Hashable {
    case request(RPCRequest)
    case notification(method: String, params: JSONValue?)
    case result(RPCID, JSONValue)
    /// Without an id when the other side could not tell which request it was.
    case refusal(RPCID?, RPCError)
}

/// Something that is asked of the other side.
public struct RPCRequest: Sendable, Hashable {
    public var id: RPCID
    public var method: String
    public var params: JSONValue?

    public init(_ id: RPCID, _ method: String, _ params: JSONValue? = nil) {
        self.id = id
        self.method = method
        self.params = params
    }
}

/// What an answer is matched with its request by.
public enum RPCID: Sendable, Hashable {
    case number(Int)
    case text(String)

    public var json: JSONValue {
        switch self {
        case .number(let number): .int(number)
        case .text(let text): .string(text)
        }
    }

    public init?(_ json: JSONValue) {
        switch json {
        case .int(let number): self = .number(number)
        case .string(let text): self = .text(text)
        default: return nil
        }
    }
}

/// What the other side says instead of a result.
public struct RPCError: Error, Sendable, Hashable {
    public var code: Int
    /// One sentence; text of unknown origin when it came from the other side.
    public var message: String
    public var data: JSONValue?

    public init(_ code: Int, _ message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    // JSON-RPC 2.0, section 5.1.
    public static let parseError = -32_700
    public static let invalidRequest = -32_600
    public static let methodNotFound = -32_601
    public static let invalidParams = -32_602
    public static let internalError = -32_603
}

extension RPCMessage {
    public var json: JSONValue {
        var members: [String: JSONValue] = ["jsonrpc": "2.0"]
        switch self {
        case .request(let request):
            members["id"] = request.id.json
            members["method"] = .string(request.method)
            members["params"] = request.params
        case .notification(let method, let params):
            members["method"] = .string(method)
            members["params"] = params
        case .result(let id, let result):
            members["id"] = id.json
            members["result"] = result
        case .refusal(let id, let error):
            members["id"] = id?.json ?? .null
            members["error"] = error.json
        }
        return .object(members)
    }

    /// A JSON document without a line end.
    public var bytes: [UInt8] { json.encoded() }
}

extension RPCError {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["code": .int(code), "message": .string(message)]
        members["data"] = data
        return .object(members)
    }
}
