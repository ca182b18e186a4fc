import PipelineKit

/// A topic of ntfy, whose JSON is sent to the address of the server itself.
struct NtfyChannel: PushChannel {
    private let settings: M.PushSettings.Ntfy
    private let secrets: SecretResolver
    private let post: PushPost

    init(_ settings: M.PushSettings.Ntfy, _ means: M.PushMeans) {
        self.settings = settings
        secrets = means.secrets
        post = PushPost(transport: means.transport, address: settings.url)
    }

    var name: String { "ntfy" }

    func send(_ message: PushMessage) async -> PushOutcome {
        do throws(Failure) {
            let answer = try await post(headers: try headers(), body: document(message).encoded())
            return answer.isSuccess ? .sent : post.refusal(answer)
        } catch {
            return PushOutcome(error)
        }
    }

    private func headers() throws(Failure) -> [TransportRequest.Header] {
        guard let token = settings.token else { return [] }
        guard let value = secrets(token) else {
            throw Failure(.missing, "There is no token for ntfy: \(token.hint).")
        }
        return [.init("authorization", "Bearer \(value)")]
    }

    private func document(_ message: PushMessage) -> JSONValue {
        .object(
            [
                "topic": .string(settings.topic), "title": .string(message.title), "message": .string(message.body),
                // 3 is the usual one; 5 makes a telephone ring for long.
                "priority": .int(3 + message.level),
                "tags": [message.kind == .approval ? "raised_hand" : "question"],
            ].adding(["click": settings.link.map { .string("\($0.text)/runs/\(message.run)") }])
        )
    }
}
