import PipelineKit

/// What a server cannot go on without, and what has been said to it (2026-07-28, `InputRequiredResult`): the server is
/// asked once more, with all answers at once and with what it gave to remember by.
///
/// It is a person who answers, perhaps tomorrow and to another process, so all of it is data that the call is made again
/// with.
struct PendingInput {
    /// By the server's names for them, in their order.
    private var open: [(key: String, request: JSONValue)]
    private var answers: [String: JSONValue]
    private let requestState: String?

    init(_ result: JSONValue) {
        open = (result["inputRequests"]?.members ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        answers = [:]
        requestState = result["requestState"]?.text
    }

    /// What the request to the server carries, when everything is answered.
    var params: [String: JSONValue] {
        ["inputResponses": .object(answers)].adding(["requestState": requestState.map(JSONValue.string)])
    }

    /// The next question to a person; `nil` when everything is answered.
    ///
    /// - Throws: ``Failure/Kind/denied`` for what no person can be asked.
    func question(by server: String) throws(Failure) -> InputRequest? {
        guard let (key, request) = open.first else { return nil }
        let params = request["params"] ?? [:]
        let method = request["method"]?.text ?? ""
        guard method == "elicitation/create" else {
            let asked = Untrusted.quoted(method, most: 80)
            throw Failure(.denied, "MCP server '\(server)' asks for \(asked), which is not given to it here.")
        }
        let message = Untrusted.text(params["message"]?.text ?? key, most: 4_000)
        let question = "MCP server '\(server)' asks: \(message)"
        guard params["mode"] == "url" else {
            return InputRequest(question, form: try form(params["requestedSchema"], server), state: state)
        }
        let address = Untrusted.text(params["url"]?.text ?? "", most: 2_000)
        let help = "Open \(address) only if you trust this server. Approve when you have done there what it asks."
        return InputRequest("\(question)\n\(help)", form: .nothing, state: state)
    }

    private func form(_ schema: JSONValue?, _ server: String) throws(Failure) -> InputForm {
        guard let schema else { return .nothing }
        do throws(FieldProblem) { return try InputForm(schema: Untrusted.schema(schema)) } catch {
            throw Failure(
                .invalidInput,
                "MCP server '\(server)' asks for what no person can be asked. \(error.message)"
            )
        }
    }

    /// Takes what the person said to the question that was asked last.
    mutating func take(_ answer: InputAnswer) {
        guard let (key, request) = open.first else { return }
        open.removeFirst()
        switch answer.outcome {
        case .given(let content):
            let isForm = request["params"]?["mode"] != "url"
            answers[key] = isForm ? ["action": "accept", "content": content] : ["action": "accept"]
        case .declined: answers[key] = ["action": "decline"]
        case .expired: answers[key] = ["action": "cancel"]
        }
    }
}

extension PendingInput {
    /// As it is recorded between two calls.
    private var state: JSONValue {
        .object(
            [
                "open": .array(open.map { ["key": .string($0.key), "request": $0.request] }),
                "answers": .object(answers),
            ].adding(["requestState": requestState.map(JSONValue.string)])
        )
    }

    /// Reads what was recorded.
    init(state: JSONValue) {
        open = (state["open"]?.elements ?? []).map { ($0["key"]?.text ?? "", $0["request"] ?? .null) }
        answers = state["answers"]?.members ?? [:]
        requestState = state["requestState"]?.text
    }
}
