import CCrypto
import FoundationEssentials
import PipelineEngine
import PipelineKit

/// A program of one's own, which knows by a signature who sends (Standard Webhooks 1.0.0).
struct WebhookChannel: PushChannel {
    private let secret: Secret
    private let secrets: SecretResolver
    private let post: PushPost
    private let now: @Sendable () -> Instant

    init(_ settings: M.PushSettings.Webhook, _ means: M.PushMeans) {
        secret = settings.secret
        secrets = means.secrets
        post = PushPost(transport: means.transport, address: settings.url)
        now = means.clock.now
    }

    var name: String { "webhook" }

    func send(_ message: PushMessage) async -> PushOutcome {
        do throws(Failure) {
            let moment = now()
            let body = document(message, at: moment).encoded()
            // The same at every attempt: whoever was told twice knows it by this.
            let id = "msg_\(Digest(of: Array("\(message.id).\(message.level)".utf8)))"
            let signed = Array("\(id).\(moment.seconds).".utf8) + body
            let headers = [
                TransportRequest.Header("webhook-id", id),
                .init("webhook-timestamp", "\(moment.seconds)"),
                .init("webhook-signature", "v1,\(try WebhookKey(of: secret, secrets).code(of: signed).base64)"),
            ]
            let answer = try await post(headers: headers, body: body)
            return answer.isSuccess ? .sent : post.refusal(answer)
        } catch {
            return PushOutcome(error)
        }
    }

    private func document(_ message: PushMessage, at moment: Instant) -> JSONValue {
        [
            "type": .string(message.kind.rawValue), "approval_id": .string(message.id),
            "run_id": .string(message.run.value), "title": .string(message.title), "body": .string(message.body),
            "level": .int(message.level), "sent_at": .string("\(moment)"),
        ]
    }
}

/// What webhooks are signed with.
struct WebhookKey: Sendable {
    private let bytes: [UInt8]

    /// - Throws: ``Failure/Kind/missing`` for one that is not there or is none, with what to do; it is not in the words.
    init(of secret: Secret, _ secrets: SecretResolver) throws(Failure) {
        guard let text = secrets(secret) else {
            throw Failure(.missing, "There is no secret for the webhook: \(secret.hint).")
        }
        let start = "whsec_"
        guard text.hasPrefix(start), let key = Data(base64Encoded: String(text.dropFirst(start.count))),
            (24...64).contains(key.count)
        else {
            throw Failure(
                .missing,
                "What is in \(secret.told) must be 'whsec_' and 24 to 64 bytes in base64, as of: openssl rand -base64 32"
            )
        }
        bytes = Array(key)
    }

    /// HMAC-SHA-256 of some bytes.
    func code(of content: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        sluice_hmac_sha256(bytes, bytes.count, content, content.count, &code)
        return code
    }
}
