import PipelineEngine
import PipelineKit

/// Apple's service for notifications, as one server speaks with it.
struct APNsService: Sendable {
    let settings: M.PushSettings.APNs
    let tokens: ProviderTokens
    let post: PushPost
    let now: @Sendable () -> Instant

    init(_ settings: M.PushSettings.APNs, _ means: M.PushMeans) {
        self.settings = settings
        tokens = ProviderTokens(settings, secrets: means.secrets, now: means.clock.now)
        post = PushPost(transport: means.transport, address: settings.url)
        now = means.clock.now
    }
}

/// One device of Apple.
struct APNsChannel: PushChannel {
    let service: APNsService
    /// What the app registered, as it did.
    let token: String

    var name: String { "apns" }
    var device: String? { token }

    /// How long Apple keeps a notification for a device that is off.
    private static let keeps = Duration.seconds(24 * 60 * 60)

    func send(_ message: PushMessage) async -> PushOutcome {
        do throws(Failure) {
            let bearer = try service.tokens.token()
            let answer = try await service.post(
                "/3/device/\(token.percentEncoded)",
                headers: headers(message, bearer),
                body: APNsPayload(message, server: service.settings.serverId).encoded
            )
            return answer.isSuccess ? .sent : refusal(answer, bearer)
        } catch {
            return PushOutcome(error)
        }
    }

    private func headers(_ message: PushMessage, _ bearer: String) -> [TransportRequest.Header] {
        let end = message.deadline ?? service.now() + Self.keeps
        return [
            .init("authorization", "bearer \(bearer)"),
            .init("apns-topic", service.settings.topic),
            .init("apns-push-type", "alert"),
            .init("apns-priority", "10"),
            .init("apns-expiration", "\(end.seconds)"),
            .init("apns-collapse-id", Self.collapse(message.id)),
            .init("apns-id", Digest(of: Array("\(message.id).\(message.level).\(token)".utf8)).uuid),
        ]
    }

    /// What stands for one question on a screen, so that a later notification takes the place of the earlier one; Apple takes
    /// 64 bytes.
    static func collapse(_ id: String) -> String {
        let isPlain = id.utf8.count <= 64 && id.utf8.allSatisfy { $0 > 32 && $0 < 127 }
        return isPlain ? id : "\(Digest(of: Array(id.utf8)))"
    }

    private func refusal(_ answer: PushPost.Answer, _ bearer: String) -> PushOutcome {
        let word = (try? JSONValue(parsing: answer.body))?["reason"]?.text
        let reason = word.flatMap { $0.utf8.count <= 64 && $0.allSatisfy { $0.isASCII && $0.isLetter } ? $0 : nil }
        switch (answer.status, reason) {
        case (410, _), (400, "BadDeviceToken"): return .gone
        case (403, "ExpiredProviderToken") where service.tokens.forget(bearer):
            guard case .failed(let failure, _) = service.post.refusal(answer, reason: reason) else { return .gone }
            return .failed(failure, mayRetry: true)
        default: return service.post.refusal(answer, reason: reason)
        }
    }
}

/// What a device is sent: at most 4,096 bytes, of which the text has what the rest leaves.
struct APNsPayload: Sendable {
    static let most = 4_096

    let encoded: [UInt8]

    init(_ message: PushMessage, server: String) {
        let rest = Self.most - Self.document(message, "", server).encoded().count
        encoded = Self.document(message, Self.fitting(message.body, rest), server).encoded()
    }

    private static func document(_ message: PushMessage, _ body: String, _ server: String) -> JSONValue {
        [
            "aps": [
                "alert": ["title": .string(message.title), "body": .string(body)],
                "badge": .int(message.badge), "sound": "default",
            ],
            // The client opens a question that is to be answered in words at its run.
            "type": message.kind == .approval ? "approval" : "run",
            "approval_id": .string(message.id),
            "run_id": .string(message.run.value),
            "server_id": .string(server),
        ]
    }

    /// The longest beginning of a text that takes no more bytes when it is written as JSON.
    private static func fitting(_ text: String, _ bytes: Int) -> String {
        guard JSONValue.string(text).encoded().count - 2 > bytes else { return text }
        var (low, high) = (0, text.utf8.count)
        while low < high {
            let middle = (low + high + 1) / 2
            let length = JSONValue.string(text.shortened(toBytes: middle)).encoded().count - 2
            if length <= bytes { low = middle } else { high = middle - 1 }
        }
        return text.shortened(toBytes: low)
    }
}

extension Digest {
    /// The first half as a UUID of one's own making (RFC 9562, section 5.8).
    var uuid: String {
        var bytes = Array(bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let text = bytes.hexadecimal
        var rest = text[...]
        let parts = [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }
        return parts.joined(separator: "-")
    }
}

extension String {
    /// The text as one part of a path: all but unreserved characters escaped (RFC 3986, section 2.3).
    var percentEncoded: String {
        utf8.reduce(into: "") { text, byte in
            let scalar = Unicode.Scalar(byte)
            let isLetter = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            let isPlain = isLetter || "-_~".unicodeScalars.contains(scalar)
            text += isPlain ? String(scalar) : "%\([byte].hexadecimal.uppercased())"
        }
    }
}
