public import PipelineKit

/// Where documents are kept beside the histories: keys, and what contracts keep for themselves (boards, devices).
///
/// A collection is named by whoever keeps it, so that the engine never learns the nouns of a contract. Each record has
/// a version, from 1, that counts how often it was put.
public protocol RecordStore: Sendable {
    /// Keeps a document, durably: what returned is on disk.
    ///
    /// - Parameter version: What the caller read; 0 when there must be no such record yet; `nil` for whatever is there.
    /// - Returns: the version it has now.
    /// - Throws: ``StoreError/stale(_:expected:found:)`` when it is at another version; nothing is written then.
    func put(
        _ body: JSONValue,
        as id: String,
        in collection: String,
        expecting version: Int?
    ) async throws(StoreError) -> Int

    /// One record; `nil` when there is none.
    func record(_ id: String, in collection: String) async throws(StoreError) -> StoredRecord?

    /// The records of a collection by the bytes of their ids, at most `limit`.
    ///
    /// - Parameter id: Of the last record of the page before, which need not be there any more; `nil` for the first page.
    func records(in collection: String, after id: String?, limit: Int) async throws(StoreError) -> [StoredRecord]

    /// Removes a record; one that is put under its id later begins at version 1.
    ///
    /// - Parameter version: What the caller read; `nil` for whatever is there.
    /// - Returns: whether there was one.
    /// - Throws: ``StoreError/stale(_:expected:found:)`` when it is at another version, or is not there though a
    ///   version was expected.
    func remove(_ id: String, from collection: String, expecting version: Int?) async throws(StoreError) -> Bool
}

/// A document in a collection.
public struct StoredRecord: Sendable, Hashable {
    public var id: String
    /// How often it was put.
    public var version: Int
    public var body: JSONValue

    public init(id: String, version: Int, body: JSONValue) {
        self.id = id
        self.version = version
        self.body = body
    }

    /// Checks what a caller expects of a record that is at version `found`, 0 for none; the same in every store.
    public static func check(
        _ id: String,
        in collection: String,
        at found: Int,
        expecting version: Int?
    ) throws(StoreError) {
        guard let version, version != found else { return }
        throw .stale("Record '\(id)' of '\(collection)'", expected: version, found: found)
    }
}
