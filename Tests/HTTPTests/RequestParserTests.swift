import HTTPKit
import PipelineTesting
import Testing

@testable import HTTPServer

/// Bytes become requests, or a status and a sentence.
struct RequestParserTests {
    /// What is read of some bytes: `GET /a`, then its body; at the end the error, if there is one.
    private func read(_ pieces: [[UInt8]], limits: RequestLimits = RequestLimits()) -> [String] {
        var parser = RequestParser(limits: limits)
        var lines: [String] = []
        do throws(HTTPError) {
            for piece in pieces {
                piece.withUnsafeBytes { parser.append($0) }
                while let next = try parser.next() {
                    switch next {
                    case .head(let head):
                        lines.append("\(head.method) \(head.target)\(head.keepsAlive ? "" : " close")")
                    case .body(let bytes): lines.append("[\(String(decoding: bytes, as: UTF8.self))]")
                    }
                }
            }
        } catch {
            lines.append("\(error.status.code) \(error.message)")
        }
        return lines + (parser.isAmidRequest && lines.last?.first?.isNumber != true ? ["more"] : [])
    }

    private func read(_ text: String, limits: RequestLimits = RequestLimits()) -> [String] {
        read([Array(text.utf8)], limits: limits)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["GET /", "[]"]),
        ("\r\nGET /a?b HTTP/1.1\r\nhOST:a:80\r\nX:  y \t\r\n\r\n", ["GET /a?b", "[]"]),
        ("GET / HTTP/1.0\r\n\r\n", ["GET / close", "[]"]),
        ("GET / HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: Keep-Alive, CLOSE\r\n\r\n", ["GET / close", "[]"]),
        ("GET http://a/b HTTP/1.1\r\nHost: A\r\n\r\n", ["GET /b", "[]"]),
        ("GET http://a?b HTTP/1.1\r\nHost: a\r\n\r\n", ["GET /?b", "[]"]),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ["OPTIONS *", "[]"]),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET", ["POST /", "[abc]", "more"]),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab", ["POST /", "more"]),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nT: u\r\n\r\n",
            ["POST /", "[abc0123456789]"]
        ),
        (
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxyGET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
            ["GET /1", "[]", "POST /2", "[xy]", "GET /3", "[]"]
        ),
    ])
    func aRequestIsRead(text: String, lines: [String]) {
        #expect(read(text) == lines)
        #expect(read(text.utf8.map { [$0] }) == lines, "byte by byte")
    }

    private static let head = "POST / HTTP/1.1\r\nHost: a\r\n"

    @Test(arguments: [
        ("GET / HTTP/1.1\nHost: a\n\n", "400 A line of the request does not end with CR LF."),
        ("\r\n\r\nGET / HTTP/1.1\r\n", "400 '' is no request line."),
        ("GET  / HTTP/1.1\r\n", "400 'GET  / HTTP/1.1' is no request line."),
        ("GET /\r\n", "400 'GET /' is no request line."),
        ("GET /a b HTTP/1.1\r\n", "400 'GET /a b HTTP/1.1' is no request line."),
        ("G@T / HTTP/1.1\r\n", "400 'G@T / HTTP/1.1' is no request line."),
        ("GET /\u{7f} HTTP/1.1\r\n", "400 'GET /\u{FFFD} HTTP/1.1' is no request line."),
        ("GET / HTTP/2.0\r\n", "505 HTTP/1.1 is spoken here, not 'HTTP/2.0'."),
        ("GET / http/1.1\r\n", "400 'http/1.1' is no version of HTTP."),
        ("GET / HTTP/1.1\r\n\r\n", "400 A request has one Host, but this one has none."),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 A request has one Host, but this one has 2."),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 'a/b' is no host."),
        ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "400 'a@b' is no host."),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400 'Host : a' is no field of a request."),
        ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "400 ' b' is no field of a request."),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "400 ': b' is no field of a request."),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", "400 'X: a\u{FFFD}b' is no field of a request."),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "400 'X: a\u{FFFD}b' is no field of a request."),
        ("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", "400 The target 'http://b/' and the Host 'a' are not the same."),
        (head + "Expect: 200-ok\r\n\r\n", "417 Expect can be '100-continue', but is '200-ok'."),
        (head + "Content-Length: +3\r\n\r\n", "400 Content-Length must be one whole number, but is '+3'."),
        (head + "Content-Length: 3, 3\r\n\r\n", "400 Content-Length must be one whole number, but is '3, 3'."),
        (
            head + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
            "400 Content-Length must be one whole number, but is '3, 3'."
        ),
        (
            head + "Content-Length: 99999999999999999999\r\n\r\n",
            "400 Content-Length must be one whole number, but is '99999999999999999999'."
        ),
        (
            head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            "400 A request has either Content-Length or Transfer-Encoding, not both."
        ),
        (
            head + "Transfer-Encoding: gzip, chunked\r\n\r\n",
            "501 Transfer-Encoding can be 'chunked', but is 'gzip, chunked'."
        ),
        (head + "Transfer-Encoding: xchunked\r\n\r\n", "501 Transfer-Encoding can be 'chunked', but is 'xchunked'."),
        (
            head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "501 Transfer-Encoding can be 'chunked', but is 'chunked'."
        ),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400 HTTP/1.0 has no Transfer-Encoding."),
    ])
    func aHeadThatCanBeReadInTwoWaysIsRefused(text: String, refusal: String) {
        #expect(read(text) == [refusal])
        #expect(read(text.utf8.map { [$0] }) == [refusal], "byte by byte")
    }

    @Test(arguments: [
        ("x\r\n", "400 'x' is no size of a chunk."), ("\r\n", "400 '' is no size of a chunk."),
        ("0x3\r\nabc\r\n", "400 '0x3' is no size of a chunk."), ("-1\r\n", "400 '-1' is no size of a chunk."),
        ("3 abc\r\n", "400 '3 abc' is no size of a chunk."), ("3 \r\nabc\r\n", "400 '3 ' is no size of a chunk."),
        ("ffffffffffffffff\r\n", "400 'ffffffffffffffff' is no size of a chunk."),
        ("3\nabc\n", "400 A line of the request does not end with CR LF."),
        ("3\r\nabcd\r\n", "400 A chunk is longer than it says."),
        ("fffffffffffffff\r\n", "413 The body may have 1048576 bytes; this one has more."),
        ("0\r\nT u\r\n\r\n", "400 'T u' is no field of a request."),
    ])
    func aChunkThatIsNoneIsRefused(chunks: String, refusal: String) {
        let text = Self.head + "Transfer-Encoding: chunked\r\n\r\n" + chunks
        #expect(read(text).last == refusal)
        #expect(read(text.utf8.map { [$0] }).last == refusal, "byte by byte")
    }

    /// However it comes: a limit is no limit if it is looked at only when the whole has come.
    @Test(arguments: [1, 1000, 1_000_000])
    func whatIsTooLongIsRefusedBeforeItHasCome(step: Int) {
        var limits = RequestLimits()
        (limits.line, limits.fields, limits.count, limits.chunkLine, limits.body) = (100, 200, 5, 20, 50)
        let endless = String(repeating: "a", count: 5000)
        let start = "GET / HTTP/1.1\r\nHost: a\r\n"
        let cases = [
            ("GET /\(endless)", "414 The request line may have 100 bytes; this one has more."),
            (start + "X: \(endless)", "431 A request may have 5 fields with 200 bytes together; this one has more."),
            (
                start + (0..<9).map { "X\($0): a\r\n" }.joined(),
                "431 A request may have 5 fields with 200 bytes together; this one has more."
            ),
            (start + "Content-Length: 51\r\n\r\n", "413 The body may have 50 bytes; this one has more."),
            (start + "Transfer-Encoding: chunked\r\n\r\n\(endless)", "400 The size of a chunk is too long."),
            (
                start + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: "9\r\n123456789\r\n", count: 9),
                "413 The body may have 50 bytes; this one has more."
            ),
        ]
        for (text, refusal) in cases {
            let bytes = Array(text.utf8)
            let pieces = stride(from: 0, to: bytes.count, by: step).map {
                Array(bytes[$0..<min($0 + step, bytes.count)])
            }
            #expect(read(pieces, limits: limits).last == refusal)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func howTheBytesComeMakesNoDifference(seed: UInt64) {
        var dice = Dice(seed: seed)
        let body = String(repeating: "x", count: dice.roll(0...5000))
        let chunked = (0..<dice.roll(1...9)).map { _ -> String in
            let count = dice.roll(1...300)
            return "\(String(count, radix: 16))\r\n\(String(repeating: "y", count: count))\r\n"
        }.joined()
        let text =
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunked)0\r\n\r\n"
            + "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n"
        let bytes = Array(text.utf8)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + dice.roll(1...400), bytes.count)
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        #expect(read(pieces) == read(text))
        #expect(read(text).count == 6)
    }
}
