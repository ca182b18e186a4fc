public import PipelineKit

/// What is told of a key in the key store; never the key.
public struct StoredKey: Sendable, Hashable {
    /// `anthropic/work`; a pipeline refers to it as `stored:anthropic/work`.
    public var name: String
    /// `nil` when the record is not what Sluice writes.
    public var setAt: Instant?

    static let collection = "vendor_keys"
    /// More are refused.
    static let most = 1_000

    init(_ record: StoredRecord) {
        name = record.id
        setAt = Sealed(record) == nil ? nil : record.body["created_at"]?.text.flatMap(Instant.init)
    }
}

extension Sealed {
    /// The document of a store, encrypted as it is.
    func body(setAt now: Instant) -> JSONValue {
        ["nonce": .string(nonce.hexadecimal), "sealed": .string(bytes.hexadecimal), "created_at": .string("\(now)")]
    }

    /// `nil` for a record that nobody here wrote.
    init?(_ record: StoredRecord) {
        guard let nonce = record.body["nonce"]?.text.flatMap([UInt8].init(hexadecimal:)),
            let bytes = record.body["sealed"]?.text.flatMap([UInt8].init(hexadecimal:))
        else { return nil }
        self.init(nonce: nonce, bytes: bytes)
    }
}

extension StoredRecord {
    /// The key that the record holds.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` for a wrong master key or a record that was changed.
    func opened(with master: MasterKeyPlaces.Found) throws(ServiceError) -> String {
        guard let sealed = Sealed(self) else {
            throw .invalid(
                "The stored key '\(id)' cannot be read: the record is not what Sluice writes. Do: sluice key set \(id)"
            )
        }
        guard let value = master.key.open(sealed, of: id) else {
            throw .invalid(
                """
                The stored key '\(id)' cannot be decrypted: the master key in \(master.place) is not the one that \
                encrypted it, or the record was changed. Give the right master key, or do: sluice key set \(id)
                """
            )
        }
        return value
    }
}
