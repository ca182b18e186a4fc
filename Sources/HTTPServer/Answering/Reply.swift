import HTTPKit
import Synchronization

/// What a request has led to, and who was in it.
struct Reply: Sendable {
    enum Content: Sendable {
        case response(HTTPResponse)
        /// With the fields of the handshake.
        case webSocket(HTTPHeaders, StreamSession)
        case events(StreamSession)
    }

    var content: Content
    var parties: Parties
}

/// Who answered a request, and who asked; for the log.
struct Parties: Sendable {
    /// The name of the contract.
    var contract: String
    /// Of the route.
    var pattern: String?
    var principal: String?
}

extension Site {
    /// Answers what cannot be answered on the loop.
    ///
    /// - Parameter compressionFloor: See ``ListenerSettings/compressionFloor``.
    func answer(_ request: HTTPRequest, _ plan: Plan, compressionFloor: Int?) async -> Reply {
        var reply =
            switch plan {
            case .route(let found): await answer(request, await mounts.claimant(of: found), found)
            case .immediate(let claimant, let parameters, let respond):
                await framed(request, claimant.contract) { request throws(HTTPError) in
                    var request = request
                    request.parameters = parameters
                    return .response(try respond(request))
                }
            case .options(let methods, let contract):
                await framed(request, contract) { _ in .response(HTTPResponse(.noContent, headers: ["allow": methods]))
                }
            case .refusal(let error, let contract):
                await framed(request, contract) { _ throws(HTTPError) in throw error }
            }
        if let floor = compressionFloor, case .response(var response) = reply.content {
            ContentCoding.apply(to: &response, of: request, floor: floor)
            reply.content = .response(response)
        }
        return reply
    }

    private func answer(_ request: HTTPRequest, _ claimant: Mounts.Claimant, _ found: Mounts.Found) async -> Reply {
        let witness = Witness()
        var request = request
        request.parameters = found.parameters(for: claimant)
        let route = claimant.route.noting { witness.note($0.principal) }
        var reply = await framed(request, claimant.contract) { request throws(HTTPError) in
            if case .webSocket = route.handler { _ = try WebSocketHandshake(request) }
            if case .events = route.handler, request.method == .head {
                throw HTTPError(.methodNotAllowed, "A stream has no HEAD.", headers: ["allow": "GET"])
            }
            return try await claimant.contract.answer(request, by: route)
        }
        reply.parties.pattern = claimant.route.pattern.text
        reply.parties.principal = witness.name
        return reply
    }

    private func framed(_ request: HTTPRequest, _ contract: APIContract, _ last: @escaping Next) async -> Reply {
        var next = last
        for middleware in frame.reversed() {
            next = { [next] request throws(HTTPError) in try await middleware(request, next) }
        }
        do throws(HTTPError) {
            let content: Reply.Content =
                switch try await next(request) {
                case .response(let response): .response(response)
                case .webSocket(let session): .webSocket(try WebSocketHandshake(request).headers, session)
                case .events(let session): .events(session)
                }
            return Reply(content: content, parties: Parties(contract: contract.name))
        } catch {
            return Reply(content: .response(contract.response(to: error)), parties: Parties(contract: contract.name))
        }
    }
}

/// Sees the request as the handler gets it, after all middleware.
private final class Witness: Sendable {
    private let principal = Mutex<Principal?>(nil)

    func note(_ principal: Principal?) { self.principal.withLock { $0 = principal } }
    var name: String? { principal.withLock { $0?.name } }
}

extension Route {
    /// The route, with somebody who sees each request that reaches its handler.
    fileprivate func noting(_ note: @escaping @Sendable (HTTPRequest) -> Void) -> Route {
        var route = self
        route.handler =
            switch handler {
            case .immediate(let respond):
                .immediate { request throws(HTTPError) in
                    note(request)
                    return try respond(request)
                }
            case .response(let respond):
                .response { request throws(HTTPError) in
                    note(request)
                    return try await respond(request)
                }
            case .webSocket(let open):
                .webSocket { request throws(HTTPError) in
                    note(request)
                    return try await open(request)
                }
            case .events(let open):
                .events { request throws(HTTPError) in
                    note(request)
                    return try await open(request)
                }
            }
        return route
    }
}
