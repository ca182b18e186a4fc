import PipelineKit
import RPCKit
import Testing

/// Messages of JSON-RPC as values.
struct RPCMessageTests {
    @Test(
        arguments: [
            .request(RPCRequest(.number(1), "tools/call", ["name": "add"])),
            .request(RPCRequest(.text("a"), "ping")),
            .notification(method: "notifications/initialized", params: nil),
            .notification(method: "move", params: [1, 2]),
            .result(.number(-7), nil),
            .result(.text(""), ["content": []]),
            .refusal(.number(3), RPCError(RPCError.methodNotFound, "No such method.", data: ["name": "x"])),
            .refusal(nil, RPCError(RPCError.parseError, "")),
        ] as [RPCMessage]
    )
    func aMessageIsReadBack(message: RPCMessage) throws {
        #expect(try RPCMessage(parsing: message.bytes) == message)
    }

    @Test func aMessageIsOneLineOfPlainJSON() {
        let message = RPCMessage.request(RPCRequest(.number(1), "say", ["text": "two\nlines"]))
        #expect(
            String(decoding: message.bytes, as: UTF8.self)
                == #"{"id":1,"jsonrpc":"2.0","method":"say","params":{"text":"two\nlines"}}"#
        )
    }

    @Test(arguments: [
        ("Listening on 80", "Not valid JSON at line 1, column 1 (byte 0): expected a value, but found 'Listening'."),
        ("[]", "Not a message of JSON-RPC 2.0: it is a list, not an object."),
        (#"{"id":1,"result":1}"#, "Not a message of JSON-RPC 2.0: 'jsonrpc' is not \"2.0\"."),
        (#"{"jsonrpc":"2.0"}"#, "Not a message of JSON-RPC 2.0: it has no 'method', 'result' or 'error'."),
        (#"{"jsonrpc":"2.0","result":1}"#, "Not a message of JSON-RPC 2.0: a result without an 'id'."),
        (#"{"jsonrpc":"2.0","method":7}"#, "Not a message of JSON-RPC 2.0: 'method' is not text."),
        (#"{"jsonrpc":"2.0","method":"a","id":null}"#, "Not a message of JSON-RPC 2.0: the 'id' of a request is null."),
        (
            #"{"jsonrpc":"2.0","id":1.5,"result":1}"#,
            "Not a message of JSON-RPC 2.0: 'id' is neither a whole number nor text."
        ),
        (
            #"{"jsonrpc":"2.0","method":"a","params":1}"#,
            "Not a message of JSON-RPC 2.0: 'params' is neither an object nor a list."
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"error":"x"}"#,
            "Not a message of JSON-RPC 2.0: 'error' has no whole number as 'code'."
        ),
    ])
    func whatIsNoMessageIsQuoted(text: String, reason: String) {
        let error = #expect(throws: Failure.self) { try RPCMessage(parsing: Array(text.utf8)) }
        #expect(error == Failure(.unavailable, "'\(text)' was read where a message should be. \(reason)"))
    }

    @Test func whatIsQuotedIsShortAndMovesNoCursor() {
        let text = "\u{1B}[2J" + String(repeating: "x", count: 500)
        let error = #expect(throws: Failure.self) { try RPCMessage(parsing: Array(text.utf8)) }
        #expect(error?.message.hasPrefix("' [2J" + String(repeating: "x", count: 116) + "…' was read") == true)
    }

    @Test func whatNestsTooDeepIsRefused() {
        let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
        let text = #"{"jsonrpc":"2.0","id":1,"result":\#(deep)}"#
        let error = #expect(throws: Failure.self) { try RPCMessage(parsing: Array(text.utf8)) }
        #expect(error?.message.contains("lists and objects nest more than 512 deep") == true)
    }
}
