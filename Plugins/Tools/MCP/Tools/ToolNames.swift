import PipelineKit

/// Gives the tools of a server names that services take: `git__git_status`.
///
/// A name that is no name of a function, that is too long, or that another tool has already, is changed as little as will
/// do and ends in digits made from it: the same in each run, whatever else the server has.
struct ToolNames {
    private let prefix: String
    private var taken: Set<String> = []

    init(_ server: String) { prefix = ServerName.prefix(server) }

    mutating func name(for tool: String) -> ModuleID {
        let whole = prefix + tool
        let isPlain = ModuleID(whole).isUsableByModels && !taken.contains(whole)
        let name = isPlain ? whole : prefix + Self.changed(tool, within: Self.most - prefix.utf8.count)
        taken.insert(name)
        return ModuleID(name)
    }

    private static func changed(_ tool: String, within room: Int) -> String {
        let clean = tool.unicodeScalars.map { ModuleID(String($0)).isUsableByModels ? Character($0) : "_" }
        return "\(String(clean.prefix(room - digits - 1)))_\(digest(tool))"
    }

    /// Eight hexadecimal digits of FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>), folded to 32 bits.
    private static func digest(_ text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        let folded = UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
        return stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: folded >> $0) }.hexadecimal
    }

    private static let digits = 8
    /// What services take, ``PipelineKit/ModuleID/isUsableByModels``.
    private static let most = 64
}
