/// A dictionary whose copies share nearly all of it: changing one entry of a copy copies one shard.
///
/// Each decision of a run looks at a copy of its state, and a long run has thousands of calls.
public struct ShardedDictionary<Key: Hashable & Sendable, Value: Hashable & Sendable>: Sendable, Hashable {
    private var shards: [[Key: Value]] = Array(repeating: [:], count: 64)

    init() {}

    public internal(set) subscript(key: Key) -> Value? {
        get { shards[Self.shard(of: key)][key] }
        _modify { yield &shards[Self.shard(of: key)][key] }
    }

    public var count: Int { shards.reduce(0) { $0 + $1.count } }

    private static func shard(of key: Key) -> Int { key.hashValue & 63 }
}
