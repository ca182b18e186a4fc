import PipelineKit
import RPCKit

/// One question to one server, from the arguments of a call to the text of its answer.
struct Inquiry {
    private let arguments: LSPQueryTool.Arguments
    private let server: LanguageServer
    private let files: SourceFiles
    private let most: Int

    init(_ arguments: LSPQueryTool.Arguments, _ server: LanguageServer, _ files: SourceFiles, most: Int) {
        self.arguments = arguments
        self.server = server
        self.files = files
        self.most = most
    }

    private var question: Question { arguments.query }

    /// - Throws: ``Failure`` in words for the model when the server gave no answer, or cannot be asked this.
    func answer() async throws(Failure) -> String {
        // Before a server is started for it: the place has to be there.
        let place = try question.isAboutPlace ? place() : nil
        if let path = arguments.path, place == nil { _ = try files.source(path) }
        return try await server.ask { session throws(ServerFault) in try await ask(session, place) }
    }

    private func ask(_ session: ServerSession, _ place: SourcePlace?) async throws(ServerFault) -> String {
        guard question == .diagnostics || session.offers(question.method.capability) else {
            let words = "does not offer '\(question.method.name)', by which '\(question.rawValue)' is asked."
            throw .failure(Failure(.invalidInput, "Language server '\(server.name)' \(words)"))
        }
        let deadline = ContinuousClock.now + server.declaration.timeout
        let synced = try wrapped { () throws(Failure) in try session.documents.sync(arguments.path, files) }
        await session.talk.waitForRest(until: deadline)
        let shown = Showing(files, session.encoding, most: most)
        guard question != .diagnostics else {
            return shown.diagnostics(try await session.diagnostics(of: synced, until: deadline), of: synced)
        }
        let params = params(place, session.encoding, synced)
        let result =
            question.isAboutProject
            ? try await session.askOfProject(question.method.name, params, until: deadline)
            : try await session.ask(question.method.name, params, until: deadline)
        return text(of: result, place, shown) + session.talk.note
    }

    private func text(of result: JSONValue, _ place: SourcePlace?, _ shown: Showing) -> String {
        let symbol = place?.word ?? arguments.symbol ?? ""
        switch question {
        case .definition: return shown.places(in: result, none: "No definition of '\(symbol)' was found.")
        case .implementation: return shown.places(in: result, none: "No implementation of '\(symbol)' was found.")
        case .references: return shown.places(in: result, none: "No use of '\(symbol)' was found.")
        case .hover: return shown.hover(result, none: "Nothing is known of '\(symbol)'.")
        case .symbols: return shown.symbols(result, in: arguments.path)
        case .workspaceSymbols: return shown.symbols(result, in: nil)
        case .rename: return shown.rename(result, of: symbol)
        case .diagnostics: return ""
        }
    }

    private func place() throws(Failure) -> SourcePlace {
        let source = try files.source(arguments.path ?? "")
        return try source.place(line: arguments.line ?? 1, column: arguments.column, symbol: arguments.symbol)
    }

    private func params(_ place: SourcePlace?, _ encoding: PositionEncoding, _ synced: SyncedFile?) -> JSONValue {
        var params: [String: JSONValue] = [:]
        if let synced { params["textDocument"] = ["uri": .string(synced.uri)] }
        if let place { params["position"] = place.position(in: encoding) }
        switch question {
        case .references: params["context"] = ["includeDeclaration": true]
        case .rename: params["newName"] = arguments.newName.map(JSONValue.string)
        case .workspaceSymbols: params["query"] = .string(arguments.symbol ?? "")
        default: break
        }
        return .object(params)
    }
}

/// Why a server gave no answer.
enum ServerFault: Error {
    /// What the conversation says, and what was asked.
    case rpc(RPCFault, asked: String)
    /// What is said already in words for people.
    case failure(Failure)
}

/// The same work, with its failures among the faults of a server.
func wrapped<Value>(_ work: () throws(Failure) -> Value) throws(ServerFault) -> Value {
    do throws(Failure) { return try work() } catch { throw .failure(error) }
}
