import HTTPKit
import PipelineKit
import Synchronization

/// What became of a request that was sent through middleware.
struct Passed: Sendable {
    /// What the handler got; `nil` when it was not asked.
    var seen: HTTPRequest?
    var headers = HTTPHeaders()
    var error: HTTPError?
}

/// Sends a request through middleware to a handler that answers with some fields.
func pass(
    _ request: HTTPRequest,
    through frame: [Middleware],
    answer: HTTPResponse = HTTPResponse(.ok)
) async -> Passed {
    let seen = Mutex<HTTPRequest?>(nil)
    var next: Next = { request throws(HTTPError) in
        seen.withLock { $0 = request }
        return .response(answer)
    }
    for middleware in frame.reversed() {
        next = { [next] request throws(HTTPError) in try await middleware(request, next) }
    }
    do throws(HTTPError) {
        guard case .response(let response) = try await next(request) else { return Passed() }
        return Passed(seen: seen.withLock(\.self), headers: response.headers)
    } catch {
        return Passed(seen: seen.withLock(\.self), headers: error.headers, error: error)
    }
}

/// A request with fields, to a path.
func request(
    _ method: HTTPMethod = .get,
    _ target: String = "/api/runs",
    _ headers: HTTPHeaders = [:],
    peer: String = "127.0.0.1"
) throws -> HTTPRequest {
    HTTPRequest(method, try RequestTarget(target), headers: headers, peer: peer)
}

/// A time that is set by hand.
final class Watch: Sendable {
    private let instant = Mutex(Instant(milliseconds: 1_767_225_600_000))
    var now: Instant { instant.withLock(\.self) }
    func advance(_ duration: Duration) { instant.withLock { $0 = $0 + duration } }
}
