import PipelineKit
import RPCKit
import Synchronization

/// What a server says of its own accord: what it asks, what it works at, what it finds wrong with files.
final class ServerTalk: Sendable {
    fileprivate struct Publication {
        var version: Int?
        /// How many there were of the file, this one included.
        var number: Int
        var found: [JSONValue]
    }

    fileprivate struct State {
        /// Of the files that the server was told of, by URI.
        var publications: [String: Publication] = [:]
        /// What is under way, by the tokens of progress.
        var works: [String: String] = [:]
        /// Who waits for anything to change, by number.
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var news = 0
        var lastWaiter = 0
    }

    private let configuration: JSONValue
    private let folder: JSONValue
    private let state = Mutex(State())

    init(_ configuration: JSONValue, folder: JSONValue) {
        self.configuration = configuration
        self.folder = folder
    }

    func answer(_ request: RPCRequest) throws(RPCError) -> JSONValue {
        switch request.method {
        case "workspace/configuration":
            return .array((request.params?["items"]?.elements ?? []).map { section($0["section"]?.text ?? "") })
        case "workspace/workspaceFolders": return [folder]
        case "workspace/applyEdit":
            return ["applied": false, "failureReason": "Nothing is changed here, only asked."]
        case "window/showDocument": return ["success": false]
        case "client/registerCapability", "client/unregisterCapability", "window/workDoneProgress/create",
            "window/showMessageRequest":
            return .null
        default:
            // Refreshing concerns what an editor shows; nothing is kept here.
            if request.method.hasPrefix("workspace/"), request.method.hasSuffix("/refresh") { return .null }
            return try RPCError.unknown(request.method)
        }
    }

    /// A part of the configuration: `python.analysis`; all of it for no name.
    private func section(_ name: String) -> JSONValue {
        if let whole = configuration[name] { return whole }
        return name.split(separator: ".").reduce(configuration) { $0[String($1)] ?? .null }
    }

    func take(_ method: String, _ params: JSONValue?) {
        switch method {
        case "textDocument/publishDiagnostics":
            guard let uri = params?["uri"]?.text.map(Self.normal) else { return }
            news { $0.publish(uri, params) }
        case "$/progress":
            guard let token = params?["token"]?.jsonText, let value = params?["value"] else { return }
            news { $0.work(token, value) }
        default: break
        }
    }

    /// Begins to listen to what is said of a file, and forgets what was said of it before.
    func expect(_ uri: String) {
        state.withLock { $0.publications[uri] = Publication(version: nil, number: 0, found: []) }
    }

    func forget(_ uri: String) { state.withLock { $0.publications[uri] = nil } }

    /// How many times something was said of a file.
    func count(_ uri: String) -> Int { state.withLock { $0.publications[uri]?.number ?? 0 } }

    /// What was found wrong with a file as it is; `nil` as long as that is not known.
    func published(_ uri: String, for file: SyncedFile) -> [JSONValue]? {
        state.withLock { state in
            guard let told = state.publications[uri], told.number > file.published else { return nil }
            if let version = told.version, version < file.version { return nil }
            return told.found
        }
    }

    /// Servers spell the same URI in different ways: `%3A`, `:`.
    static func normal(_ uri: String) -> String { FileURI.path(uri).map(FileURI.text) ?? uri }

    private func news(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            state.news += 1
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.self)
        }
        for waiter in waiters { waiter.resume() }
    }
}

// Waiting.
extension ServerTalk {
    /// A sentence about what the server still works at; nothing when it rests.
    var note: String {
        guard let work = state.withLock({ $0.works.values.min() }) else { return "" }
        let words = work.isEmpty ? "" : " (\(work.harmless(most: 80)))"
        return "\n(The server is still at work\(words), and may know more later.)"
    }

    /// Waits while the server says that it is at work, which as a rule is reading the project.
    func waitForRest(until deadline: ContinuousClock.Instant) async {
        // What then remains of the time is for the answer.
        let end = ContinuousClock.now + ContinuousClock.now.duration(to: deadline) / 2
        _ = await wait(until: end) { state.withLock { $0.works.isEmpty } ? true : nil }
    }

    /// Waits until there is a value.
    ///
    /// - Returns: `nil` when there was none in time, or the task was cancelled.
    func wait<Value>(until deadline: ContinuousClock.Instant, for value: () -> Value?) async -> Value? {
        while true {
            let seen = state.withLock(\.news)
            if let value = value() { return value }
            guard ContinuousClock.now < deadline, !Task.isCancelled else { return nil }
            // Whether the server has ended is no news, and looked at now and then.
            let next = min(deadline, ContinuousClock.now + .milliseconds(250))
            let alarm = Task { [self] in
                do { try await Task.sleep(until: next, clock: .continuous) } catch { return }
                news { _ in }
            }
            defer { alarm.cancel() }
            await withTaskCancellationHandler {
                await withCheckedContinuation { wait(for: $0, since: seen) }
            } onCancel: {
                news { _ in }
            }
        }
    }

    private func wait(for continuation: CheckedContinuation<Void, Never>, since seen: Int) {
        let isLate = state.withLock { state in
            guard state.news == seen else { return true }
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = continuation
            return false
        }
        if isLate { continuation.resume() }
    }
}

extension ServerTalk.State {
    /// What is said of files that nobody asked about is not kept.
    fileprivate mutating func publish(_ uri: String, _ params: JSONValue?) {
        guard let before = publications[uri] else { return }
        publications[uri] = .init(
            version: params?["version"]?.integer,
            number: before.number + 1,
            found: params?["diagnostics"]?.elements ?? []
        )
    }

    fileprivate mutating func work(_ token: String, _ value: JSONValue) {
        switch value["kind"]?.text {
        case "begin" where works.count < 100: works[token] = value["title"]?.text ?? ""
        case "end": works[token] = nil
        default: break
        }
    }
}

extension RPCError {
    fileprivate static func unknown(_ method: String) throws(RPCError) -> JSONValue {
        throw RPCError(methodNotFound, "There is no method '\(method.shortened(to: 80))' here.")
    }
}
