import HTTPKit
import HTTPServer

/// What must hold for any bytes that a client sends as HTTP/1.1: they mean the same however they come, no limit is
/// passed, and what was taken is written so that it reads back the same.
@Sendable public func tryRequest(_ bytes: [UInt8]) {
    var limits = RequestLimits()
    (limits.line, limits.fields, limits.count, limits.chunkLine, limits.body) = (200, 600, 8, 30, 300)
    for limits in [limits, RequestLimits()] {
        let readings = cuts(of: bytes).map { Reading(of: $0, limits) }
        for reading in readings {
            precondition(reading == readings[0], "The same bytes mean something else in pieces.")
        }
        for request in readings[0].requests { request.check(limits) }
    }
}

/// What was read before bytes, or patience, ended.
private struct Reading: Equatable {
    private(set) var requests: [Request] = []
    private(set) var error: HTTPError?
    /// Of a request that has not come whole.
    private var head: Request?

    init(of pieces: [ArraySlice<UInt8>], _ limits: RequestLimits) {
        var parser = RequestParser(limits: limits)
        do throws(HTTPError) {
            for piece in pieces {
                piece.withUnsafeBytes { parser.append($0) }
                try read(&parser)
            }
        } catch {
            self.error = error
        }
    }

    private mutating func read(_ parser: inout RequestParser) throws(HTTPError) {
        while let piece = try parser.next() {
            switch piece {
            case .head(let head): self.head = Request(head)
            case .body(let body):
                guard var request = head else { preconditionFailure("A body comes before its head.") }
                request.body = body
                requests.append(request)
                head = nil
            }
        }
    }
}

private struct Request: Equatable {
    let method: HTTPMethod
    let target: String
    let headers: HTTPHeaders
    let isChunked: Bool
    let keepsAlive: Bool
    let expectsContinue: Bool
    var body: [UInt8] = []

    init(_ head: RequestHead) {
        method = head.method
        target = head.target
        headers = head.headers
        isChunked = head.framing == .chunked
        keepsAlive = head.keepsAlive
        expectsContinue = head.expectsContinue
    }

    func check(_ limits: RequestLimits) {
        precondition(body.count <= limits.body, "A body passes its limit.")
        precondition(headers.fields.count <= limits.count, "There are more fields than the limit allows.")
        let bytes = headers.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        // A byte that is no UTF-8 is kept as U+FFFD, which has three.
        precondition(bytes <= 3 * limits.fields, "The fields pass their limit.")
        var wide = limits
        wide.fields *= 3
        let again = ["1.1", "1.0"].map { Reading(of: [encoded($0)[...]], wide) }
        precondition(again.contains { $0.requests.map(\.essence) == [essence] }, "A request does not read back.")
    }

    /// The request without what the version of HTTP says.
    fileprivate var essence: Request.Essence {
        Essence(method: method, target: target, headers: headers, isChunked: isChunked, body: body)
    }

    fileprivate struct Essence: Equatable {
        let method: HTTPMethod
        let target: String
        let headers: HTTPHeaders
        let isChunked: Bool
        let body: [UInt8]
    }

    private func encoded(_ version: String) -> [UInt8] {
        let fields = headers.fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        let head = Array("\(method.name) \(target) HTTP/\(version)\r\n\(fields)\r\n".utf8)
        guard isChunked else { return head + body }
        let chunk = body.isEmpty ? [] : Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n".utf8)
        return head + chunk + Array("0\r\n\r\n".utf8)
    }
}
