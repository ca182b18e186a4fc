internal import CCrypto
import FoundationEssentials
import PipelineKit

/// The key with which vendor keys are encrypted: AES-256-GCM (NIST SP 800-38D).
struct MasterKey: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Reads 64 hexadecimal digits, or 32 bytes in base64; `nil` for anything else.
    init?(_ text: String) {
        let text = text.trimmed
        guard let bytes = [UInt8](hexadecimal: text) ?? Data(base64Encoded: text).map(Array.init),
            bytes.count == SLUICE_GCM_KEY
        else { return nil }
        self.bytes = bytes
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    static func random() -> MasterKey { MasterKey(bytes: .random(SLUICE_GCM_KEY)) }

    var text: String { bytes.hexadecimal }

    /// The ways in which it is written down.
    var spellings: [String] { [text, text.uppercased(), Data(bytes).base64EncodedString()] }

    /// Encrypts a text under a nonce of its own.
    ///
    /// - Parameter name: What the text belongs to. It can be decrypted under this name only, so that no two entries of a
    ///   store can be exchanged.
    func seal(_ text: String, of name: String) -> Sealed {
        // With 96 random bits a nonce comes twice in four thousand million sealings once in 2^33 times.
        let nonce = [UInt8].random(SLUICE_GCM_NONCE)
        var plain = Array(text.utf8)
        defer { plain.wipe() }
        var sealed = [UInt8](repeating: 0, count: plain.count + SLUICE_GCM_TAG)
        let about = Array(name.utf8)
        sluice_gcm_seal(bytes, nonce, about, about.count, plain, plain.count, &sealed)
        return Sealed(nonce: nonce, bytes: sealed)
    }

    /// - Returns: `nil` when this is not the key, not the name, or anything was changed.
    func open(_ sealed: Sealed, of name: String) -> String? {
        guard sealed.nonce.count == SLUICE_GCM_NONCE,
            sealed.bytes.count >= SLUICE_GCM_TAG
        else { return nil }
        var plain = [UInt8](repeating: 0, count: sealed.bytes.count - SLUICE_GCM_TAG)
        defer { plain.wipe() }
        let about = Array(name.utf8)
        guard sluice_gcm_open(bytes, sealed.nonce, about, about.count, sealed.bytes, sealed.bytes.count, &plain) else {
            return nil
        }
        return String(validating: plain, as: UTF8.self)
    }
}

/// An encrypted text, with its tag at the end.
struct Sealed: Sendable, Hashable {
    var nonce: [UInt8]
    var bytes: [UInt8]
}

extension [UInt8] {
    static func random(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            if let start = buffer.baseAddress { sluice_random(start, count) }
            filled = count
        }
    }

    mutating func wipe() {
        withUnsafeMutableBytes { if let start = $0.baseAddress { sluice_wipe(start, $0.count) } }
    }
}
