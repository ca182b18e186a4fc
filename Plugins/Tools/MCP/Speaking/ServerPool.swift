import PipelineKit
import Synchronization

/// What servers are reached and started with.
struct ServerMeans: Sendable {
    let transport: any HTTPTransport
    let secrets: SecretResolver
    let version: String
}

/// Which server is meant: two runs in the same workspace that declare the same have one between them.
///
/// One that is confined is in the walls of one run, and ends with them: it is that run's alone.
struct ServerIdentity: Sendable, Hashable {
    let name: String
    let declaration: ServerDeclaration
    let workspace: Workspace

    init(_ name: String, _ declaration: ServerDeclaration, _ workspace: Workspace) {
        self.name = name
        self.declaration = declaration
        let isConfined = declaration.command != nil && declaration.confined
        self.workspace = isConfined ? workspace : Workspace(path: workspace.path)
    }
}

/// The servers that are in use. A server ends with the last run that can use it.
final class ServerPool: Sendable {
    private struct Place {
        weak var server: MCPServer?
    }

    private let means: ServerMeans
    private let places = Mutex<[ServerIdentity: Place]>([:])

    init(_ means: ServerMeans) { self.means = means }

    /// The server that is in use, or a new one, which is not started before it is asked something.
    func server(_ identity: ServerIdentity) -> MCPServer {
        places.withLock { places in
            if let server = places[identity]?.server { return server }
            places = places.filter { $0.value.server != nil }
            let server = MCPServer(identity, means)
            places[identity] = Place(server: server)
            return server
        }
    }
}
