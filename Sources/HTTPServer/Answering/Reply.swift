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
        var reply = await answer(request, plan)
        if let floor = compressionFloor, case .response(var response) = reply.content {
            ContentCoding.apply(to: &response, of: request, floor: floor)
            reply.content = .response(response)
        }
        return reply
    }

    private func answer(_ request: HTTPRequest, _ plan: Plan) async -> Reply {
        switch plan {
        case .route(let found):
            let claimant = await mounts.claimant(of: found)
            return await answer(request, claimant, found.parameters(for: claimant))
        case .immediate(let claimant, let parameters, _): return await answer(request, claimant, parameters)
        case .options(let methods, let contract):
            return await framed(request, contract) { _ in
                .response(HTTPResponse(.noContent, headers: ["allow": methods]))
            }
        case .refusal(let error, let contract):
            return await framed(request, contract) { _ throws(HTTPError) in throw error }
        }
    }

    private func answer(
        _ request: HTTPRequest,
        _ claimant: Mounts.Claimant,
        _ parameters: [String: String]
    ) async -> Reply {
        var request = request
        request.parameters = parameters
        let route = claimant.route
        var reply = await framed(request, claimant.contract) { request throws(HTTPError) in
            if route.opensWebSocket(for: request) { _ = try WebSocketHandshake(request) }
            if case .events = route.handler, request.method == .head {
                throw HTTPError(.methodNotAllowed, "A stream has no HEAD.", headers: ["allow": "GET"])
            }
            return try await claimant.contract.answer(&request, by: route)
        }
        reply.parties.pattern = route.pattern.text
        return reply
    }

    /// Takes a request through what stands around every route.
    private func framed(
        _ request: HTTPRequest,
        _ contract: APIContract,
        _ handler: (inout HTTPRequest) async throws(HTTPError) -> Answer
    ) async -> Reply {
        var request = request
        let content: Reply.Content
        do throws(HTTPError) {
            content =
                switch try await frame.pass(&request, to: handler) {
                case .response(let response): .response(response)
                case .webSocket(let session): .webSocket(try WebSocketHandshake(request).headers, session)
                case .events(let session): .events(session)
                }
        } catch {
            content = .response(contract.response(to: error))
        }
        return Reply(content: content, parties: Parties(contract: contract.name, principal: request.principal?.name))
    }
}
