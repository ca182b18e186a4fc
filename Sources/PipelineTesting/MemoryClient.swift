public import HTTPKit
import HTTPServer
public import PipelineEngine
import PipelineKit
import Synchronization

/// Calls the handlers of contracts without a socket in between.
public struct MemoryClient: ContractClient {
    private let mounts: Mounts
    /// Who asks.
    public var principal: Principal?

    public init(_ contracts: [APIContract], of services: Services, as principal: Principal? = nil) throws {
        mounts = try Mounts(contracts) { run in
            (try? await services.runs.summary(of: RunID(run)))?.origin
        }
        self.principal = principal
    }

    public func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders,
        body: [UInt8]
    ) async throws -> HTTPResponse {
        switch await answer(method, target, headers, body) {
        case .response(let response): return response
        case .webSocket, .events: throw Failure(.invalidInput, "'\(target)' is a stream.")
        }
    }

    public func open(_ target: String, headers: HTTPHeaders) async throws -> any ClientStream {
        var headers = headers
        headers["upgrade"] = "websocket"
        switch await answer(.get, target, headers, []) {
        case .response(let response):
            throw Failure(.invalidInput, "'\(target)' is no stream, but \(response.status.code): \(response.bodyText)")
        case .webSocket(let session), .events(let session):
            let stream = MemoryStream(session)
            await session.opened(stream)
            return stream
        }
    }

    private func answer(
        _ method: HTTPMethod,
        _ target: String,
        _ headers: HTTPHeaders,
        _ body: [UInt8]
    ) async -> Answer {
        var contract = mounts.fallback()
        do throws(HTTPError) {
            let target = try RequestTarget(target)
            contract = mounts.fallback(for: target.segments)
            let found = try mounts.find(method, target.segments)
            let claimant = await mounts.claimant(of: found)
            contract = claimant.contract
            var request = HTTPRequest(method, target, headers: headers, body: body)
            request.parameters = found.parameters(for: claimant)
            request.principal = principal
            return try await claimant.contract.answer(&request, by: claimant.route)
        } catch {
            return .response(contract.response(to: error))
        }
    }
}

/// The receiving end of a stream in memory.
private final class MemoryStream: FrameSink, ClientStream {
    private struct State {
        var texts: ArraySlice<String> = []
        var close: CloseCode?
        var isGone = false
        var reader: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let session: StreamSession

    init(_ session: StreamSession) { self.session = session }

    func push(_ frames: ArraySlice<Frame>) {
        change { $0.texts += frames.map { String(decoding: $0.text, as: UTF8.self) } }
    }

    func send(_ frames: [Frame]) async -> Bool {
        push(frames[...])
        return state.withLock { !$0.isGone }
    }

    /// Called while the broadcast is locked: that the stream is closed is told later, as a socket would.
    func close(_ code: CloseCode, _ reason: String) { change { $0.close = $0.close ?? code } }

    var closeCode: Int? { state.withLock { $0.close.map { Int($0.number) } } }

    func leave() {
        change { $0.isGone = true }
        session.closed(self)
    }

    func next() async throws -> String? {
        while true {
            let (text, isOver) = state.withLock { ($0.texts.popFirst(), $0.close != nil || $0.isGone) }
            if let text { return text }
            if isOver {
                session.closed(self)
                return nil
            }
            await news()
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let reader = state.withLock { state in
            body(&state)
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// Waits until there is something to read.
    private func news() async {
        await withCheckedContinuation { reader in
            let isThere = state.withLock { state in
                let isThere = !state.texts.isEmpty || state.close != nil || state.isGone
                if !isThere { state.reader = reader }
                return isThere
            }
            if isThere { reader.resume() }
        }
    }
}
