import HTTPKit

/// What a request will lead to, as far as its head tells; in a box, as it is handed on several times.
indirect enum Plan: Sendable {
    typealias Respond = @Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse

    /// Answered on the loop itself.
    case immediate(Mounts.Claimant, [String: String], Respond)
    case route(Mounts.Found)
    /// What may be asked of a path: the value of `Allow`.
    case options(String, APIContract)
    case refusal(HTTPError, APIContract)

    /// Who words what goes wrong.
    var contract: APIContract {
        switch self {
        case .immediate(let claimant, _, _): claimant.contract
        case .route(let found): found.first.contract
        case .options(_, let contract), .refusal(_, let contract): contract
        }
    }

    /// Bytes of a body; of what no route takes, as much as is read to keep the connection.
    var bodyLimit: Int {
        switch self {
        case .immediate(let claimant, _, _): claimant.route.bodyLimit
        case .route(let found): found.claimants.map(\.route.bodyLimit).max() ?? 0
        case .options, .refusal: Route.usualBodyLimit
        }
    }
}

extension Mounts {
    func plan(_ method: HTTPMethod, _ target: RequestTarget) -> Plan {
        if method == .options, let plan = options(target) { return plan }
        do throws(HTTPError) {
            let found = try find(method, target.segments)
            if !found.isShared, case .immediate(let respond) = found.first.route.handler {
                return .immediate(found.first, found.parameters(for: found.first), respond)
            }
            return .route(found)
        } catch {
            return .refusal(error, fallback(for: target.segments))
        }
    }

    /// - Returns: `nil` for a path nobody has, or whose route answers itself.
    private func options(_ target: RequestTarget) -> Plan? {
        let contract = fallback(for: target.segments)
        if target == .server { return .options("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", contract) }
        guard let methods = methods(target.segments) else { return nil }
        if (try? find(.options, target.segments)) != nil { return nil }
        return .options(methods.contains("OPTIONS") ? methods : "\(methods), OPTIONS", contract)
    }
}
