/// How much a document may ask of its reader.
///
/// Counted with every alias written out, so a short text cannot stand for a large tree.
public struct YAMLLimits: Sendable, Hashable {
    /// Of the text, and of all scalars together.
    public var bytes: Int
    /// Collections inside collections.
    public var depth: Int
    public var nodes: Int
    public var aliases: Int

    public init(bytes: Int = 1 << 20, depth: Int = 64, nodes: Int = 100_000, aliases: Int = 1_000) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
        self.aliases = aliases
    }

    /// Far above what a person writes, far below what hurts.
    public static let standard = YAMLLimits()
}
