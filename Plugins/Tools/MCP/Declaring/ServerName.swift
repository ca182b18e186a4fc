import PipelineKit

/// The name of a server, which the names of its tools begin with.
enum ServerName {
    /// What the names of a server's tools begin with.
    static func prefix(_ name: String) -> String { "\(name)__" }

    /// Why a name cannot be that of a server; `nil` when it can.
    static func problem(with name: String) -> String? {
        let fits = ModuleID(name).isUsableByModels && name.utf8.count <= mostBytes
        guard !fits || name.contains("__") || name.hasSuffix("_") else { return nil }
        return """
            '\(name.shortened(to: 80))' cannot be the name of a server: letters, digits, '_' and '-', \(mostBytes) of them \
            at most, no '__' in it and no '_' at its end, as its tools are called 'NAME__TOOL'.
            """
    }

    private static let mostBytes = 32
}
