import HTTPKit
import HTTPServer
import Testing

/// Who may open a WebSocket, and how it is answered.
struct WebSocketHandshakeTests {
    /// RFC 6455, section 1.2.
    private static let fields: [(String, String)] = [
        ("Host", "server.example.com"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Origin", "http://example.com"),
        ("Sec-WebSocket-Version", "13"),
    ]

    /// - Parameter values: Takes the place of what the example sends.
    private func handshake(
        _ method: HTTPMethod = .get,
        _ name: String = "",
        _ values: [String] = []
    ) throws -> WebSocketHandshake {
        var headers = HTTPHeaders()
        for (field, value) in Self.fields where field != name { headers.append(field, value) }
        for value in values { headers.append(name, value) }
        return try WebSocketHandshake(HTTPRequest(method, try RequestTarget("/chat"), headers: headers))
    }

    @Test func theExampleOfTheStandardIsAnswered() throws {
        #expect(
            try handshake().headers == [
                "Upgrade": "websocket", "Connection": "Upgrade",
                "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            ]
        )
    }

    @Test(arguments: [
        ("Upgrade", ["WebSocket"]), ("Upgrade", ["h2c, websocket"]), ("Connection", ["keep-alive, Upgrade"]),
        ("Connection", ["keep-alive", "upgrade"]),
    ])
    func listsAreReadWithoutRegardToCase(name: String, values: [String]) throws {
        #expect(try handshake(.get, name, values).headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func anotherMethodIsRefused() {
        let error = #expect(throws: HTTPError.self) { try handshake(.post) }
        let message = "A WebSocket is opened with GET, but the request is 'POST'."
        #expect(error == HTTPError(.methodNotAllowed, message, headers: ["Allow": "GET"]))
    }

    @Test(
        arguments: [
            ("Upgrade", [], "Only a WebSocket is served here; send 'Upgrade: websocket'."),
            ("Upgrade", ["h2c"], "Only a WebSocket is served here; send 'Upgrade: websocket'."),
            ("Sec-WebSocket-Version", [], "Field 'Sec-WebSocket-Version' must be 13, but is missing."),
            ("Sec-WebSocket-Version", ["8"], "Field 'Sec-WebSocket-Version' must be 13, but is '8'."),
            ("Sec-WebSocket-Version", ["13", "8"], "Field 'Sec-WebSocket-Version' must be 13, but is '13, 8'."),
        ] as [(String, [String], String)]
    )
    func whatIsNoWebSocketOfVersion13IsToldToUpgrade(name: String, values: [String], message: String) {
        let error = #expect(throws: HTTPError.self) { try handshake(.get, name, values) }
        let fields: HTTPHeaders = ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"]
        #expect(error == HTTPError(.upgradeRequired, message, headers: fields))
    }

    @Test(
        arguments: [
            ("Connection", [], "Field 'Connection' must contain 'Upgrade' to open a WebSocket."),
            ("Connection", ["keep-alive"], "Field 'Connection' must contain 'Upgrade' to open a WebSocket."),
            ("Sec-WebSocket-Key", [], "Field 'Sec-WebSocket-Key' must be sent once, but was sent 0 times."),
            (
                "Sec-WebSocket-Key", ["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="],
                "Field 'Sec-WebSocket-Key' must be sent once, but was sent 2 times."
            ),
        ] as [(String, [String], String)]
    )
    func aWrongRequestIsNamed(name: String, values: [String], message: String) {
        let error = #expect(throws: HTTPError.self) { try handshake(.get, name, values) }
        #expect(error == HTTPError(.badRequest, message))
    }

    /// 15 bytes, 17 bytes, no padding, another alphabet, nothing.
    @Test(arguments: [
        "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZSE=", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25j-Q==",
        "dGhlIHNhbXBsZSBub25jZQ=A", "",
    ])
    func aKeyThatIsNot16BytesIsRefused(key: String) {
        let error = #expect(throws: HTTPError.self) { try handshake(.get, "Sec-WebSocket-Key", [key]) }
        let message = "Field 'Sec-WebSocket-Key' must be 16 bytes in base64, but is '\(key)'."
        #expect(error == HTTPError(.badRequest, message))
    }
}
