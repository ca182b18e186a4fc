import CCrypto
import FoundationEssentials
import PipelineKit
import Synchronization

/// Makes the tokens by which Apple knows who sends: JSON web tokens, signed with ES256 (RFC 7519; RFC 7518, section 3.4).
///
/// Apple takes a token for an hour, and refuses those who make one more often than every 20 minutes.
final class ProviderTokens: Sendable {
    private struct Made {
        var text: String
        var at: Instant
    }

    static let lifetime = Duration.seconds(40 * 60)
    static let least = Duration.seconds(20 * 60)

    private let settings: M.PushSettings.APNs
    private let secrets: SecretResolver
    private let now: @Sendable () -> Instant
    private let last = Mutex<Made?>(nil)

    init(_ settings: M.PushSettings.APNs, secrets: @escaping SecretResolver, now: @escaping @Sendable () -> Instant) {
        self.settings = settings
        self.secrets = secrets
        self.now = now
    }

    /// The token for a request that is sent now.
    ///
    /// - Throws: ``Failure/Kind/missing`` for a key that is not there or is none, with what to do; it is not in the words.
    func token() throws(Failure) -> String {
        let now = now()
        return try last.withLock { (last: inout Made?) throws(Failure) in
            // A clock that was set back must not make a token live for ever.
            if let made = last, made.at <= now, now - made.at < Self.lifetime { return made.text }
            let made = Made(text: try make(at: now), at: now)
            last = made
            return made.text
        }
    }

    /// Has another token made, as Apple says that this one is too old.
    ///
    /// - Returns: whether it may be: one that was made a moment ago is refused for another reason.
    func forget(_ token: String) -> Bool {
        let now = now()
        return last.withLock { last in
            guard let made = last, made.text == token else { return true }  // somebody was faster
            guard now - made.at >= Self.least else { return false }
            last = nil
            return true
        }
    }

    private func make(at now: Instant) throws(Failure) -> String {
        let header: JSONValue = ["alg": "ES256", "kid": .string(settings.keyId)]
        let claims: JSONValue = ["iss": .string(settings.teamId), "iat": .int(now.seconds)]
        let signed = "\(header.encoded().base64URL).\(claims.encoded().base64URL)"
        return "\(signed).\(try sign(Array(signed.utf8)).base64URL)"
    }

    private func sign(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        guard let pem = secrets(settings.key) else {
            throw Failure(.missing, "There is no key for Apple's service: \(settings.key.hint).")
        }
        let text = Array(pem.utf8)
        var signature = [UInt8](repeating: 0, count: SLUICE_ES256_SIGNATURE)
        switch sluice_es256_sign(text, text.count, bytes, bytes.count, &signature) {
        case SLUICE_SIGNED: return signature
        case SLUICE_NO_KEY:
            throw Failure(.missing, "What is in \(settings.key.told) is no private key as Apple's .p8 files hold it.")
        case SLUICE_OTHER_KEY:
            throw Failure(.missing, "The key in \(settings.key.told) is none for ES256, which Apple's keys are for.")
        default: throw Failure(.missing, "Nothing could be signed with the key in \(settings.key.told).")
        }
    }
}

extension [UInt8] {
    /// RFC 4648, section 4.
    var base64: String { Data(self).base64EncodedString() }

    /// RFC 4648, section 5, without the padding.
    var base64URL: String {
        base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
