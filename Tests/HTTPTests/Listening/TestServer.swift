import Dispatch
import HTTPKit
import PipelineKit
import SocketTesting
import Synchronization

@testable import HTTPServer

/// Runs a listener while something talks to it, on a thread that may block; then shuts it down.
///
/// - Parameter talk: Gets the port.
func serving<Result: Sendable>(
    _ settings: ListenerSettings = ListenerSettings(),
    _ routes: [Route] = SampleRoutes.all,
    frame: [Middleware] = [],
    observe: @escaping @Sendable (FinishedRequest) -> Void = { _ in },
    _ talk: @escaping @Sendable (HTTPListener) throws -> Result
) async throws -> Result {
    let contract = APIContract(name: "sample", routes: routes) { error in
        .text("\(error.status.code) \(error.message)", status: error.status)
    }
    let site = Site(try Mounts([contract]) { _ in nil }, frame: frame, observe: observe)
    let listener = try HTTPListener(settings, site: site)
    async let run: Void = listener.run()
    let result = try await onThread { try talk(listener) }
    listener.shutDown(within: .milliseconds(500))
    try await run
    return result
}

/// The usual settings but for what a test changes.
func settings(_ change: (inout ListenerSettings) -> Void) -> ListenerSettings {
    var settings = ListenerSettings()
    change(&settings)
    return settings
}

/// What there is to ask in these tests.
enum SampleRoutes {
    static let all: [Route] = [
        Route(.get, "/health", handler: .immediate { _ in .text("fine") }),
        .get("/task") { request in .text(request.query("say") ?? "done") },
        .post("/echo") { request in HTTPResponse(type: "application/octet-stream", body: request.body) },
        Route(.post, "/small", bodyLimit: 10, handler: .response { request in .text("\(request.body.count)") }),
        .get("/runs/{id}") { request in .text(request["id"]) },
        .get("/fields") { request in .text(request.id, headers: ["x-made": "a\r\nx-evil: b"]) },
        .get("/long") { _ in .text(String(repeating: "all work and no play. ", count: 500)) },
        .get("/huge") { _ in HTTPResponse(type: "image/png", body: [UInt8](repeating: 7, count: 8 << 20)) },
    ]
}

extension HTTPResponse {
    fileprivate static func text(_ text: String, headers: HTTPHeaders) -> HTTPResponse {
        var response = HTTPResponse.text(text)
        for field in headers.fields { response.headers[field.name] = field.value }
        return response
    }
}

/// Opens when somebody says so: for handlers that wait for a test, and tests that wait for a handler.
final class TestGate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter() }
    }

    func pass() async {
        await withCheckedContinuation { waiter in call { waiter.resume() } }
    }

    /// Waits on a thread that may block.
    ///
    /// - Returns: whether it was opened within 20 seconds.
    @discardableResult func wait() -> Bool {
        let signal = DispatchSemaphore(value: 0)
        call { signal.signal() }
        return signal.wait(timeout: .now() + 20) == .success
    }

    private func call(_ waiter: @escaping @Sendable () -> Void) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiters.append(waiter) }
            return state.isOpen
        }
        if isOpen { waiter() }
    }
}

/// What several threads put in.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }
    func add(_ value: Value) { values.withLock { $0.append(value) } }
}
