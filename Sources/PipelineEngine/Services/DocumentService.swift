public import PipelineKit

/// Documents that an interface keeps for itself beside the runs: repositories, devices.
///
/// The engine looks into none of them. A collection is named by whoever keeps it, such as `m.repos`.
public struct DocumentService: Sendable {
    let store: any RecordStore

    /// Records that are read at once.
    private static let page = 500

    /// Keeps a document, durably.
    ///
    /// - Parameter version: What the caller read; 0 when there must be no such document yet; `nil` for whatever is there.
    /// - Returns: the version it has now.
    /// - Throws: ``StoreError/stale(_:expected:found:)`` in a ``ServiceError`` when it is at another version.
    @discardableResult
    public func put(
        _ body: JSONValue,
        as id: String,
        in collection: String,
        expecting version: Int? = nil
    ) async throws(ServiceError) -> Int {
        do throws(StoreError) {
            return try await store.put(body, as: id, in: collection, expecting: version)
        } catch {
            throw .store(error)
        }
    }

    /// One document; `nil` when there is none.
    public func document(_ id: String, in collection: String) async throws(ServiceError) -> StoredRecord? {
        do throws(StoreError) { return try await store.record(id, in: collection) } catch { throw .store(error) }
    }

    /// All documents of a collection, by the bytes of their ids.
    ///
    /// - Parameter most: How many at most; what comes after them is left out.
    public func all(in collection: String, most: Int) async throws(ServiceError) -> [StoredRecord] {
        var found: [StoredRecord] = []
        while found.count < most {
            let limit = min(Self.page, most - found.count)
            let next: [StoredRecord]
            do throws(StoreError) {
                next = try await store.records(in: collection, after: found.last?.id, limit: limit)
            } catch {
                throw .store(error)
            }
            found += next
            guard next.count == limit else { break }
        }
        return found
    }

    /// Removes a document.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func remove(_ id: String, from collection: String) async throws(ServiceError) -> Bool {
        do throws(StoreError) {
            return try await store.remove(id, from: collection, expecting: nil)
        } catch {
            throw .store(error)
        }
    }
}
