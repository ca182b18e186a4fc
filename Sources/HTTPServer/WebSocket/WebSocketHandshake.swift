public import HTTPKit

/// The opening of a WebSocket; RFC 6455, section 4.2.
///
/// What holds for every request, its version and its `Host`, was checked when it was read; whether the `Origin` may
/// connect is for a middleware to say. No extension and no subprotocol is agreed on.
public struct WebSocketHandshake: Sendable {
    /// The fields of the response, whose status is 101.
    public let headers: HTTPHeaders

    /// - Throws: 405 for another method than GET, 426 for a request that asks for no WebSocket of version 13, 400 for one
    ///   that asks wrongly.
    public init(_ request: HTTPRequest) throws(HTTPError) {
        guard request.method == .get else {
            let message = "A WebSocket is opened with GET, but the request is '\(request.method.name.shown)'."
            throw HTTPError(.methodNotAllowed, message, headers: ["Allow": "GET"])
        }
        try Self.checkUpgrade(request.headers)
        let key = try Self.key(in: request.headers)
        headers = [
            "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": AcceptKey.answer(to: key),
        ]
    }

    private static func checkUpgrade(_ headers: HTTPHeaders) throws(HTTPError) {
        guard headers.tokens("Upgrade").contains("websocket") else {
            throw upgradeRequired("Only a WebSocket is served here; send 'Upgrade: websocket'.")
        }
        guard headers.tokens("Connection").contains("upgrade") else {
            throw HTTPError(.badRequest, "Field 'Connection' must contain 'Upgrade' to open a WebSocket.")
        }
        let versions = headers.all("Sec-WebSocket-Version")
        guard versions == ["13"] else {
            let found = versions.isEmpty ? "is missing" : "is '\(versions.joined(separator: ", ").shown)'"
            throw upgradeRequired("Field 'Sec-WebSocket-Version' must be 13, but \(found).")
        }
    }

    private static func upgradeRequired(_ message: String) -> HTTPError {
        let fields: HTTPHeaders = ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"]
        return HTTPError(.upgradeRequired, message, headers: fields)
    }

    private static func key(in headers: HTTPHeaders) throws(HTTPError) -> String {
        let keys = headers.all("Sec-WebSocket-Key")
        guard let key = keys.first, keys.count == 1 else {
            throw HTTPError(
                .badRequest,
                "Field 'Sec-WebSocket-Key' must be sent once, but was sent \(keys.count) times."
            )
        }
        guard AcceptKey.isKey(key) else {
            let message = "Field 'Sec-WebSocket-Key' must be 16 bytes in base64, but is '\(key.shown)'."
            throw HTTPError(.badRequest, message)
        }
        return key
    }
}
