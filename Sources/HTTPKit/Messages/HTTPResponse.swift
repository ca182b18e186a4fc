public import PipelineKit

/// A response with a body of known size.
public struct HTTPResponse: Sendable {
    public var status: HTTPStatus
    public var headers: HTTPHeaders
    public var body: [UInt8]

    public init(_ status: HTTPStatus, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// - Parameter type: `text/plain; charset=utf-8`.
    public init(_ status: HTTPStatus = .ok, type: String, body: [UInt8]) {
        self.init(status, headers: ["content-type": type], body: body)
    }

    public static func json(_ value: JSONValue, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, type: "application/json", body: value.encoded())
    }

    /// A body written without a tree of values in between.
    public static func json(
        status: HTTPStatus = .ok,
        capacity: Int = 512,
        _ write: (inout JSONWriter) -> Void
    ) -> HTTPResponse {
        var writer = JSONWriter(capacity: capacity)
        write(&writer)
        return HTTPResponse(status, type: "application/json", body: writer.bytes)
    }

    public static func text(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, type: "text/plain; charset=utf-8", body: Array(text.utf8))
    }
}
