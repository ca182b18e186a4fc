public import PipelineKit

/// What is known of a key; its secret is known to nobody but who was shown it.
public struct APIKey: Sendable, Hashable {
    /// Eight hexadecimal digits.
    public var id: String
    /// Who uses it; written into histories and logs.
    public var name: String
    /// Of the secret's text. The secret has 256 random bits, so that nothing slower than SHA-256 makes it safer.
    var digest: Digest
    public var createdAt: Instant
    /// The moment from which it is refused; `nil` for never.
    public var expiresAt: Instant?
    /// To the hour; `nil` until it was used.
    public var lastUsedAt: Instant?
    /// What the runs that it starts may spend.
    public var budget = KeyBudget()

    public func hasExpired(at now: Instant) -> Bool { expiresAt.map { $0 <= now } ?? false }
}

extension APIKey {
    static let collection = "keys"

    /// The document of a store; it holds no secret.
    var body: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "digest": .string("\(digest)"), "created_at": .string("\(createdAt)"),
        ]
        members["expires_at"] = expiresAt.map { .string("\($0)") }
        members["last_used_at"] = lastUsedAt.map { .string("\($0)") }
        members["cost"] = budget.inAll?.json
        members["cost_per_day"] = budget.perDay?.json
        return .object(members)
    }

    /// - Throws: ``StoreError/unreadable(_:)`` for a record that nobody here wrote. An expiry that cannot be read must
    ///   not pass for none.
    init(_ record: StoredRecord) throws(StoreError) {
        guard let name = record.body["name"]?.text, let digest = record.body["digest"]?.text.flatMap(Digest.init),
            let createdAt = record.body["created_at"]?.text.flatMap(Instant.init)
        else { throw Self.unreadable(record.id) }
        self.init(
            id: record.id,
            name: name,
            digest: digest,
            createdAt: createdAt,
            expiresAt: try Self.instant("expires_at", of: record),
            lastUsedAt: try Self.instant("last_used_at", of: record),
            budget: KeyBudget(
                inAll: try Self.money("cost", of: record),
                perDay: try Self.money("cost_per_day", of: record)
            )
        )
    }

    /// A limit that cannot be read must not pass for none, either.
    private static func money(_ name: String, of record: StoredRecord) throws(StoreError) -> Money? {
        guard let value = record.body[name] else { return nil }
        guard let money = value.text.flatMap(Money.init) else { throw unreadable(record.id) }
        return money
    }

    private static func instant(_ name: String, of record: StoredRecord) throws(StoreError) -> Instant? {
        guard let value = record.body[name] else { return nil }
        guard let instant = value.text.flatMap(Instant.init) else { throw unreadable(record.id) }
        return instant
    }

    private static func unreadable(_ id: String) -> StoreError {
        .unreadable("Key '\(id)' cannot be read: the record is not what Sluice writes. Remove it, and add another.")
    }
}

/// A key in the form in which it is shown once and then presented: `slk_1f0e9a3c_` and 64 hexadecimal digits.
struct PresentedKey {
    let id: String
    private let secret: String

    static func random() -> PresentedKey {
        // The system's generator: getrandom(2).
        let words = (0..<5).map { _ in UInt64.random(in: .min ... .max) }
        let digits = words.map { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }.hexadecimal }
        return PresentedKey(id: String(digits[4].prefix(8)), secret: digits[..<4].joined())
    }

    private init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// - Returns: `nil` for what cannot be a key.
    init?(_ text: String) {
        guard text.utf8.count == 77 else { return nil }
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "slk", parts[1].utf8.count == 8 else { return nil }
        self.init(id: String(parts[1]), secret: String(parts[2]))
    }

    var text: String { "slk_\(id)_\(secret)" }
    var digest: Digest { Digest(of: Array(secret.utf8)) }
}

extension Digest {
    /// Compares in a time that says nothing about where two digests differ.
    func isSame(as other: Digest) -> Bool {
        zip(bytes, other.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
