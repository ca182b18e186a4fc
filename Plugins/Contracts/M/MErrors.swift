import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

extension HTTPError {
    /// The error in the words of this interface: `{"error":{"code":"not_found","message":"repo not found"}}`.
    ///
    /// Its clients know the statuses 400, 401, 404 and 409 alone, so a body that cannot be is a 400 here. One that is too
    /// long to be read stays a 413, as every interface owes it, with the code of a wrong request.
    var inWordsOfM: HTTPResponse {
        let (status, code) = statusOfM
        return .json(["error": ["code": .string(code), "message": .string(wordsOfM)]], status: status)
    }

    /// Keys are asked for in the sentences that clients know.
    private var wordsOfM: String {
        switch code {
        case "key_required": "missing authorization header"
        case "key_malformed": "invalid authorization format"
        case "key_unknown": "invalid api key"
        default: message
        }
    }

    private var statusOfM: (HTTPStatus, String) {
        switch status {
        case .badRequest, .unprocessable, .unsupportedMediaType: (.badRequest, "invalid_input")
        case .unauthorized, .forbidden: (.unauthorized, "unauthorized")
        case .notFound: (.notFound, "not_found")
        case .conflict: (.conflict, code == Self.busyRepository ? "conflict" : "invalid_state")
        case .gatewayTimeout: (.gatewayTimeout, "timeout")
        default: (status, code.isEmpty ? otherCode : code)
        }
    }

    private var otherCode: String { status.code < 500 ? "invalid_input" : "internal_error" }

    /// A run of the repository is under way, and it may have no second.
    private static let busyRepository = "repository_busy"

    static let busy = HTTPError(.conflict, "repo already has an active run", code: busyRepository)
    static let noRepository = HTTPError(.notFound, "repo not found")
    static let noRun = HTTPError(.notFound, "run not found")
    static let noApproval = HTTPError(.notFound, "approval not found")
    static let notActive = HTTPError(.conflict, "run is not in an active state")
    static let noDevice = HTTPError(.notFound, "device not found")

    static func invalid(_ message: String) -> HTTPError { HTTPError(.badRequest, message) }
    static func state(_ message: String) -> HTTPError { HTTPError(.conflict, message) }
}

extension HTTPRequest {
    /// The body as its fields.
    ///
    /// - Throws: 400 in the sentences of this interface: `name is required`.
    func asked<Body: Fields>(_ type: Body.Type) throws(HTTPError) -> Body {
        let json: JSONValue
        do throws(HTTPError) { json = try self.json() } catch {
            // What the body was said to be is one thing, and what it is another.
            throw error.status == .unsupportedMediaType ? error : .invalid("invalid JSON body")
        }
        guard case .object = json else { throw .invalid("invalid JSON body") }
        // Clients send what later versions know; what is not known here says nothing.
        let known = Set(type.fields.map(\.name))
        let members = json.members.filter { known.contains($0.key) && $0.value != .null }
        for field in type.fields where field.isRequired && (members[field.name] ?? "") == "" {
            throw .invalid("\(field.name) is required")
        }
        do throws(FieldProblems) { return try Body(json: .object(members)) } catch {
            throw .invalid(error.all.map(\.message).joined(separator: " "))
        }
    }
}
