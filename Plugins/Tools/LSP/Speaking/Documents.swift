import PipelineKit
import RPCKit
import Synchronization

/// A file as a server was told of it.
struct SyncedFile: Sendable {
    let path: String
    let uri: String
    let version: Int
    /// How much had been said of the file by then that is out of date.
    let published: Int
    /// Whether the server has just been told of something that changed.
    let isFresh: Bool
}

/// The files that a server was told of, as it knows them.
///
/// Files change between calls, by other tools and by hand: before each question the server is told what has.
final class Documents: Sendable {
    private struct Known {
        var version: Int
        var text: String
        /// As ``SyncedFile/published``.
        var published: Int
    }

    private struct State {
        var known: [String: Known] = [:]
        /// Paths of ``known``, the one that was asked about last at the end.
        var order: [String] = []
        var watch: FileWatch
    }

    private let peer: RPCPeer
    private let talk: ServerTalk
    private let declaration: ServerDeclaration
    private let state: Mutex<State>

    init(_ peer: RPCPeer, _ talk: ServerTalk, _ declaration: ServerDeclaration, root: String) {
        self.peer = peer
        self.talk = talk
        self.declaration = declaration
        state = Mutex(State(watch: FileWatch(root)))
    }

    /// Tells the server what the files are now, and of one that it may not know yet.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` when there is no such file.
    func sync(_ path: String?, _ files: SourceFiles) throws(Failure) -> SyncedFile? {
        let asked = try path.map { path throws(Failure) in (path, try files.source(path).text) }
        return state.withLock { state in
            let isNew = tellOfOthers(&state, files)
            let before = state.known.mapValues(\.version)
            for path in state.order { refresh(path, &state, files, isStale: isNew) }
            guard let (path, text) = asked else { return nil }
            if state.known[path] == nil { open(path, text, &state, files) }
            state.order.removeAll { $0 == path }
            state.order.append(path)
            if state.order.count > Self.most { close(state.order[0], &state, files) }
            guard let known = state.known[path] else { return nil }
            let uri = files.uri(of: path)
            return SyncedFile(
                path: path,
                uri: uri,
                version: known.version,
                published: known.published,
                isFresh: isNew || state.known.mapValues(\.version) != before
            )
        }
    }

    /// - Returns: whether anything has changed that was not opened.
    private func tellOfOthers(_ state: inout State, _ files: SourceFiles) -> Bool {
        let changes = state.watch.changes()
        guard !changes.isEmpty else { return false }
        let events = changes.map { change -> JSONValue in
            ["uri": .string(files.uri(of: change.path)), "type": .int(change.kind.rawValue)]
        }
        peer.notify("workspace/didChangeWatchedFiles", ["changes": .array(events)])
        return true
    }

    private func refresh(_ path: String, _ state: inout State, _ files: SourceFiles, isStale: Bool) {
        guard var known = state.known[path] else { return }
        guard let text = files.present(path) else { return close(path, &state, files) }
        // Even a text that is the same may be wrong now that others have changed.
        guard text != known.text || isStale else { return }
        known.version += 1
        known.text = text
        known.published = talk.count(files.uri(of: path))
        state.known[path] = known
        peer.notify(
            "textDocument/didChange",
            [
                "textDocument": ["uri": .string(files.uri(of: path)), "version": .int(known.version)],
                "contentChanges": [["text": .string(text)]],
                // clangd looks at a text that is the same again only if it is told to.
                "forceRebuild": .bool(isStale),
            ]
        )
    }

    private func open(_ path: String, _ text: String, _ state: inout State, _ files: SourceFiles) {
        let uri = files.uri(of: path)
        state.known[path] = Known(version: 1, text: text, published: 0)
        talk.expect(uri)
        let document: JSONValue = [
            "uri": .string(uri), "languageId": .string(declaration.language(of: path) ?? "plaintext"), "version": 1,
            "text": .string(text),
        ]
        peer.notify("textDocument/didOpen", ["textDocument": document])
    }

    private func close(_ path: String, _ state: inout State, _ files: SourceFiles) {
        let uri = files.uri(of: path)
        state.known[path] = nil
        state.order.removeAll { $0 == path }
        talk.forget(uri)
        peer.notify("textDocument/didClose", ["textDocument": ["uri": .string(uri)]])
    }

    /// How many files are kept open.
    private static let most = 32
}
