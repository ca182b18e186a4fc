import Glibc
import PipelineKit

/// What a server is told of whoever asks it.
enum ClientWords {
    static func folder(_ workspace: Workspace) -> JSONValue {
        let name = workspace.path.split(separator: "/").last.map(String.init) ?? "/"
        return ["uri": .string(FileURI.text(workspace.path)), "name": .string(name)]
    }

    static func initialize(_ workspace: Workspace, options: JSONValue) -> JSONValue {
        [
            "clientInfo": ["name": "sluice"],
            // Confined, the server is in another namespace of processes, where the number of this one means another.
            "processId": workspace.confinement == nil ? .int(Int(getpid())) : .null,
            "rootPath": .string(workspace.path),
            "rootUri": .string(FileURI.text(workspace.path)),
            "workspaceFolders": [folder(workspace)],
            "initializationOptions": options,
            "capabilities": capabilities,
        ]
    }

    private static let capabilities: JSONValue = [
        "general": ["positionEncodings": ["utf-8", "utf-16"]],
        "window": ["workDoneProgress": true],
        "workspace": [
            "configuration": true,
            "workspaceFolders": true,
            "didChangeWatchedFiles": ["dynamicRegistration": true],
            "didChangeConfiguration": ["dynamicRegistration": true],
            "symbol": [:],
            "workspaceEdit": ["documentChanges": true],
        ],
        "textDocument": [
            "synchronization": [:],
            "definition": ["linkSupport": true],
            "implementation": ["linkSupport": true],
            "references": [:],
            "hover": ["contentFormat": ["markdown", "plaintext"]],
            "documentSymbol": ["hierarchicalDocumentSymbolSupport": true],
            "publishDiagnostics": ["versionSupport": true, "relatedInformation": false],
            "diagnostic": [:],
            "rename": [:],
        ],
    ]
}
