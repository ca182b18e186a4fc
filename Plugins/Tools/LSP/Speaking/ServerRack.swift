import PipelineKit
import Synchronization

/// The servers of one run; they end with this object.
final class ServerRack: Sendable {
    private struct Key: Hashable {
        let name: String
        let workspace: Workspace
    }

    private let declared: [String: ServerDeclaration]
    private let servers = Mutex<[Key: LanguageServer]>([:])

    init(_ declared: [String: ServerDeclaration]) { self.declared = declared }

    /// The server that is asked about a file, or about no file; it is not started before it is asked.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` when none is meant, with those there are.
    func server(for path: String?, named name: String?, in workspace: Workspace) throws(Failure) -> LanguageServer {
        let name = try chosen(name, path)
        guard let declaration = declared[name] else {
            let near = Suggestion.sentence(for: name, among: declared.keys.sorted())
            throw Failure(.invalidInput, "There is no language server '\(name.shortened(to: 80))'.\(near)")
        }
        let key = Key(name: name, workspace: workspace)
        return servers.withLock { servers in
            if let server = servers[key] { return server }
            let server = LanguageServer(name, declaration, workspace)
            servers[key] = server
            return server
        }
    }

    private func chosen(_ name: String?, _ path: String?) throws(Failure) -> String {
        if let name { return name }
        let fitting = declared.filter { path.map($0.value.language(of:)) != .some(nil) }.keys.sorted()
        if let path, fitting.isEmpty {
            let endings = Set(declared.values.flatMap(\.files.keys)).sorted().map { "*.\($0)" }.joined(separator: ", ")
            throw Failure(.invalidInput, "No language server here knows '\(path)', but only \(endings).")
        }
        if path == nil, fitting.count > 1 {
            throw Failure(.invalidInput, "Say which 'server' is asked: \(fitting.joined(separator: ", ")).")
        }
        return fitting[0]
    }
}
