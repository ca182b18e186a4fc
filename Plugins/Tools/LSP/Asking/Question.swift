import PipelineKit

/// What can be asked of a language server.
enum Question: String, Choice {
    case definition
    case implementation
    case references
    case hover
    case symbols
    case workspaceSymbols = "workspace_symbols"
    case diagnostics
    case rename

    /// Whether it is asked about a name at a place in a file.
    var isAboutPlace: Bool {
        switch self {
        case .definition, .implementation, .references, .hover, .rename: true
        case .symbols, .workspaceSymbols, .diagnostics: false
        }
    }

    /// Whether files have a part in the answer that the question does not name.
    var isAboutProject: Bool {
        switch self {
        case .implementation, .references, .workspaceSymbols, .rename: true
        case .definition, .hover, .symbols, .diagnostics: false
        }
    }

    /// What it cannot be asked without, in words, and whether it was given.
    func needs(_ arguments: LSPQueryTool.Arguments) -> [(name: String, isThere: Bool)] {
        var needs: [(String, Bool)] = []
        if self != .workspaceSymbols { needs.append(("a 'path'", arguments.path != nil)) }
        if isAboutPlace {
            needs.append(("a 'line'", arguments.line != nil))
            needs.append(("a 'column' or a 'symbol'", arguments.column != nil || arguments.symbol != nil))
        }
        if self == .workspaceSymbols { needs.append(("a 'symbol'", arguments.symbol != nil)) }
        if self == .rename { needs.append(("a 'new_name'", arguments.newName?.isEmpty == false)) }
        return needs
    }

    /// The method of LSP 3.17 that it is asked by, and the member of the server's capabilities that offers it.
    var method: (name: String, capability: String) {
        switch self {
        case .definition: ("textDocument/definition", "definitionProvider")
        case .implementation: ("textDocument/implementation", "implementationProvider")
        case .references: ("textDocument/references", "referencesProvider")
        case .hover: ("textDocument/hover", "hoverProvider")
        case .symbols: ("textDocument/documentSymbol", "documentSymbolProvider")
        case .workspaceSymbols: ("workspace/symbol", "workspaceSymbolProvider")
        case .diagnostics: ("textDocument/diagnostic", "diagnosticProvider")
        case .rename: ("textDocument/rename", "renameProvider")
        }
    }
}
