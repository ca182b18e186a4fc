public import PipelineKit

/// Where nothing is kept beside the histories: for whoever serves no interface that keeps something.
public struct NoDocuments: RecordStore {
    public init() {}

    private static let refusal = StoreError.unavailable("Nothing is kept here beside the histories of runs.")

    public func put(
        _ body: JSONValue,
        as id: String,
        in collection: String,
        expecting version: Int?
    ) async throws(StoreError) -> Int { throw Self.refusal }

    public func record(_ id: String, in collection: String) async throws(StoreError) -> StoredRecord? { nil }

    public func records(in collection: String, after id: String?, limit: Int) async throws(StoreError) -> [StoredRecord]
    { [] }

    public func remove(_ id: String, from collection: String, expecting version: Int?) async throws(StoreError) -> Bool
    { false }
}
