import PipelineKit
import Synchronization

/// The key store as those see it who ask for a key in the middle of something.
///
/// It is read when the first key is asked for, so that whoever needs none pays nothing; and what it knows is a few
/// seconds old at most, so that a server sees a key that is set while it runs.
public final class StoredKeys: Sendable {
    private struct Shelf {
        var records: [String: StoredRecord]
        var master: MasterKeyPlaces.Found?
        var readAt: Instant
    }

    private let read: @Sendable () throws(StoreError) -> [StoredRecord]
    private let master: MasterKeyPlaces
    private let clock: EngineClock
    private let redactor: Redactor
    private let shelf = Mutex<Shelf?>(nil)

    /// - Parameters:
    ///   - redactor: Is told the master key, which no tool must put out either.
    ///   - read: The records of ``collection``, at once.
    public init(
        master: MasterKeyPlaces,
        clock: EngineClock = .system,
        redactor: Redactor = Redactor(),
        read: @escaping @Sendable () throws(StoreError) -> [StoredRecord]
    ) {
        self.master = master
        self.clock = clock
        self.redactor = redactor
        self.read = read
    }

    /// The collection with the encrypted keys.
    public static let collection = StoredKey.collection
    /// How many there are at most.
    public static let most = StoredKey.most

    /// - Returns: `nil` when there is no entry of that name.
    /// - Throws: ``ServiceError/invalid(_:)`` for a wrong master key or a record that was changed.
    func value(of name: String) throws(ServiceError) -> String? {
        let now = clock.now()
        let result: Result<String?, ServiceError> = shelf.withLock { shelf in
            do throws(ServiceError) { return .success(try value(of: name, &shelf, now)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func value(of name: String, _ shelf: inout Shelf?, _ now: Instant) throws(ServiceError) -> String? {
        // A clock that was set back makes nothing fresh.
        if shelf.map({ $0.readAt > now || now - $0.readAt >= KeyShelf.usualAge }) ?? true {
            shelf = nil
            let records: [StoredRecord]
            do throws(StoreError) { records = try read() } catch { throw .store(error) }
            let known = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
            shelf = Shelf(records: known, master: nil, readAt: now)
        }
        guard let record = shelf?.records[name] else { return nil }
        let master: MasterKeyPlaces.Found
        if let known = shelf?.master {
            master = known
        } else {
            master = try self.master.expected(for: name)
            for text in master.key.spellings { redactor.add(text, as: MasterKeyPlaces.variable) }
            shelf?.master = master
        }
        return try record.opened(with: master)
    }
}
