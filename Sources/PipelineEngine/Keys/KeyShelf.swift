import PipelineKit

/// What a key ring read of its store, and when.
struct KeyShelf: Sendable {
    struct Record: Sendable {
        var key: APIKey
        var version: Int
    }

    /// By id.
    var records: [String: Record] = [:]
    private var readAt: Instant?

    /// How long a removed key may still work.
    static let usualAge: Duration = .seconds(3)
    /// How soon the store is asked again for a key that is not known; not at each guess that somebody makes.
    static let ageForUnknown: Duration = .milliseconds(250)

    init() {}

    init(_ records: [Record], readAt: Instant) {
        self.records = Dictionary(records.map { ($0.key.id, $0) }) { first, _ in first }
        self.readAt = readAt
    }

    /// A clock that was set back makes nothing fresh.
    func isFresh(at now: Instant, _ age: Duration) -> Bool {
        readAt.map { $0 <= now && now - $0 < age } ?? false
    }
}
