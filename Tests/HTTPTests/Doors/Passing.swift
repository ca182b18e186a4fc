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
    var (request, seen) = (request, HTTPRequest?.none)
    do throws(HTTPError) {
        let answer = try await frame.pass(&request) { request in
            seen = request
            return .response(answer)
        }
        guard case .response(let response) = answer else { return Passed() }
        return Passed(seen: seen, headers: response.headers)
    } catch {
        return Passed(seen: seen, headers: error.headers, error: error)
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
