public import PipelineKit

extension RPCMessage {
    /// Reads a message; it nests at most ``PipelineKit/JSONValue/depthLimit`` deep.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` with the beginning of what was read, and what is wrong with it.
    public init(parsing bytes: [UInt8]) throws(Failure) {
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: bytes) } catch {
            throw Self.garbage(bytes, "\(error)")
        }
        do throws(Wrong) { self = try Self.message(json) } catch {
            throw Self.garbage(bytes, "Not a message of JSON-RPC 2.0: \(error.reason).")
        }
    }

    /// Why something that is JSON is no message.
    private struct Wrong: Error {
        let reason: String
    }

    private static func message(_ json: JSONValue) throws(Wrong) -> RPCMessage {
        guard case .object(let members) = json else { throw Wrong(reason: "it is \(json), not an object") }
        guard members["jsonrpc"] == "2.0" else { throw Wrong(reason: "'jsonrpc' is not \"2.0\"") }
        let id = try id(members["id"])
        if let method = members["method"] {
            guard case .string(let method) = method else { throw Wrong(reason: "'method' is not text") }
            let params = try params(members["params"])
            guard members["id"] != nil else { return .notification(method: method, params: params) }
            guard let id else { throw Wrong(reason: "the 'id' of a request is null") }
            return .request(RPCRequest(id, method, params))
        }
        if let error = members["error"], error != .null { return .refusal(id, try refusal(error)) }
        guard let result = members["result"] else { throw Wrong(reason: "it has no 'method', 'result' or 'error'") }
        guard let id else { throw Wrong(reason: "a result without an 'id'") }
        return .result(id, result)
    }

    private static func id(_ json: JSONValue?) throws(Wrong) -> RPCID? {
        guard let json, json != .null else { return nil }
        guard let id = RPCID(json) else { throw Wrong(reason: "'id' is neither a whole number nor text") }
        return id
    }

    private static func params(_ json: JSONValue?) throws(Wrong) -> JSONValue? {
        switch json {
        case nil, .null: nil
        case .object, .array: json
        default: throw Wrong(reason: "'params' is neither an object nor a list")
        }
    }

    private static func refusal(_ json: JSONValue) throws(Wrong) -> RPCError {
        guard case .int(let code) = json["code"] else { throw Wrong(reason: "'error' has no whole number as 'code'") }
        return RPCError(code, json["message"]?.text ?? "", data: json["data"])
    }

    private static func garbage(_ bytes: [UInt8], _ reason: String) -> Failure {
        Failure(.unavailable, "\(quoted(bytes)) was read where a message should be. \(reason)")
    }
}

/// The beginning of what came from outside, on one line and in quotes.
func quoted(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(300), as: UTF8.self)
    let clean = String(String.UnicodeScalarView(text.unicodeScalars.map(shown)))
    return "'\(clean.shortened(to: 120))'"
}

private func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: " "
    default: scalar
    }
}
