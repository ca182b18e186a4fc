import PipelineKit

/// The keys of model services, encrypted in the records of a store.
public struct KeyStore: Sendable {
    private let store: any RecordStore
    private let master: MasterKeyPlaces
    private let clock: EngineClock

    public init(store: any RecordStore, master: MasterKeyPlaces, clock: EngineClock = .system) {
        self.store = store
        self.master = master
        self.clock = clock
    }

    /// What setting a key did.
    public struct Setting: Sendable, Hashable {
        /// Whether there was one of that name before.
        public var isReplacement: Bool
        /// The file with the master key, when this was the first key and the master key had to be made.
        public var madeMasterKey: String?
    }

    /// Encrypts a key and keeps it. A master key is made when there is none, and nothing is encrypted with one yet.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` for a name or a key that is none, and for a master key with which the other
    ///   entries cannot be read; the key is in no sentence.
    public func set(_ key: String, as name: String) async throws(ServiceError) -> Setting {
        let key = key.trimmed
        try Self.check(key, name)
        let records = try await records()
        guard records.count < StoredKey.most || records.contains(where: { $0.id == name }) else {
            throw .invalid("There are \(StoredKey.most) stored keys already; remove one first.")
        }
        let (found, made) = try masterKey(of: records, besides: name)
        let body = found.key.seal(key, of: name).body(setAt: clock.now())
        do throws(StoreError) {
            _ = try await store.put(body, as: name, in: StoredKey.collection, expecting: nil)
        } catch {
            throw .store(error)
        }
        return Setting(isReplacement: records.contains { $0.id == name }, madeMasterKey: made)
    }

    /// All entries by name; the keys themselves stay encrypted, and no master key is needed.
    public func list() async throws(ServiceError) -> [StoredKey] { try await records().map(StoredKey.init) }

    /// - Returns: whether there was one.
    public func remove(_ name: String) async throws(ServiceError) -> Bool {
        do throws(StoreError) {
            return try await store.remove(name, from: StoredKey.collection, expecting: nil)
        } catch {
            throw .store(error)
        }
    }

    /// - Returns: `nil` when there is no entry of that name.
    /// - Throws: ``ServiceError/invalid(_:)`` for a wrong master key or a record that was changed.
    public func value(of name: String) async throws(ServiceError) -> String? {
        let record: StoredRecord?
        do throws(StoreError) {
            record = try await store.record(name, in: StoredKey.collection)
        } catch {
            throw .store(error)
        }
        guard let record else { return nil }
        return try record.opened(with: try master.expected(for: name))
    }

    private func records() async throws(ServiceError) -> [StoredRecord] {
        do throws(StoreError) {
            return try await store.records(in: StoredKey.collection, after: nil, limit: StoredKey.most)
        } catch {
            throw .store(error)
        }
    }

    /// The master key for a new entry, and the file of one that had to be made.
    private func masterKey(of records: [StoredRecord], besides name: String) throws(ServiceError) -> (
        MasterKeyPlaces.Found, made: String?
    ) {
        let others = records.filter { $0.id != name && Sealed($0) != nil }
        guard let other = others.first else {
            if let found = try master.find() { return (found, nil) }
            return (try master.make(), master.file)
        }
        let found = try master.expected(for: other.id)
        // One that can be read will do: another may be damaged, and must not keep this one out.
        guard others.contains(where: { (try? $0.opened(with: found)) != nil }) else {
            throw .invalid(
                """
                The stored keys are encrypted with another master key than the one in \(found.place). Give that one, or \
                remove them first: sluice key remove stored:\(other.id)
                """
            )
        }
        return (found, nil)
    }

    private static func check(_ key: String, _ name: String) throws(ServiceError) {
        // The name is not quoted: somebody may have put the key in its place.
        guard Secret.isStoredName(name) else {
            throw .invalid("The name of a stored key has \(Secret.storedNames).")
        }
        guard !key.isEmpty else { throw .invalid("The key is empty. Nothing was stored.") }
        guard key.utf8.count <= PrivateFile.mostBytes else {
            throw .invalid("The key is longer than \(PrivateFile.mostBytes >> 10) kB. Nothing was stored.")
        }
        guard !key.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .invalid("The key has several lines or control characters, so it is none. Nothing was stored.")
        }
    }
}

extension MasterKeyPlaces {
    /// - Throws: ``ServiceError/invalid(_:)`` when there is none, with the name of what it is needed for.
    func expected(for name: String) throws(ServiceError) -> Found {
        if let found = try find() { return found }
        throw .invalid(
            """
            The stored key '\(name)' cannot be decrypted: the master key is missing. Set \(Self.variable), or put the \
            file '\(file)' back.
            """
        )
    }
}
