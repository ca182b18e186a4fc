import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a server that the gate starts answers each request as it should.
///
/// Server and requests are in the same sandbox, with a loopback network of their own where the pipeline allows no other.
public struct APITestGate: Gate {
    public static let id: ModuleID = "api-test"
    public static let summary = "Holds when the project's server starts and answers each request as it should."
    public static let example: JSONValue = [
        "start": "python3 server.py --port $PORT", "endpoints": [["path": "/health"]],
    ]

    /// For `max_ms`: what runs beside it would slow the answers down.
    public static let measures = true

    public struct Settings: Fields {
        @Field("The command line that starts the server in the foreground, run by /bin/sh; $PORT is a free port.")
        var start: String
        @Field("The requests, in their order.") var endpoints: [Endpoint]
        @Field(
            "When the server is ready: a path or URL that answers, or a port; when $PORT accepts connections by default."
        )
        var ready: String? = nil
        @Field("How long the server may take to be ready.") var readyTimeout: Duration = .seconds(30)
        @Field("Where the paths begin; 'http://127.0.0.1:' and the port by default.") var url: String? = nil
        @Field("The directory of the workspace in which the server is started; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long to wait for each answer.") var timeout: Duration = .seconds(10)
        public init() {}
    }

    private let settings: Settings
    private let place: ProjectPlace

    /// Requests of one gate, at most.
    private static let most = 1_000

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        guard settings.readyTimeout > .zero else {
            throw Failure(.invalidInput, "Field 'ready_timeout' must be longer than 0s.")
        }
        guard settings.start.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.invalidInput, "Field 'start' must be a command line, but is empty.")
        }
        guard (1...Self.most).contains(settings.endpoints.count) else {
            let count = settings.endpoints.count
            throw Failure(
                .invalidInput,
                "Field 'endpoints' must hold from 1 to \(Self.most) requests, but holds \(count)."
            )
        }
        for endpoint in settings.endpoints { try endpoint.check() }
        if let ready = settings.ready, !Readiness.isKnown(ready) {
            throw Failure(.invalidInput, "Field 'ready' must be a path, a URL or a port, but is '\(ready)'.")
        }
        if let url = settings.url { try HTTPGate.check(url: url) }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let curl = try Curl(in: workspace, scratch: context.scratch())
        let server = TestedServer(settings.start, port: try FreePort.find())
        return try await asked(server, in: inner, curl, context).get()
    }

    /// Leaving the scope in which the server runs ends it, and waits for its end.
    private func asked(
        _ server: TestedServer,
        in workspace: Workspace,
        _ curl: Curl,
        _ context: GateContext
    ) async -> Result<Verdict, Failure> {
        let time = longest
        async let _: Void = server.run(in: workspace, atMost: time, context)
        do throws(Failure) {
            return .success(try await ask(server, curl))
        } catch {
            return .failure(error)
        }
    }

    /// More than everything together can take.
    private var longest: Duration {
        settings.endpoints.reduce(settings.readyTimeout + .seconds(60)) { time, endpoint in
            time + (endpoint.timeout ?? settings.timeout) + .seconds(10)
        }
    }

    private func ask(_ server: TestedServer, _ curl: Curl) async throws(Failure) -> Verdict {
        let readiness = Readiness(settings.ready, port: server.port)
        if let problem = try await server.waitUntil(readiness, atMost: settings.readyTimeout, curl) {
            return Verdict(.failed, problem, score: 0, details: server.printed)
        }
        let base = settings.url.map { TestedServer.filled($0, server.port) } ?? "http://127.0.0.1:\(server.port)"
        var cases: [TestCase] = []
        for endpoint in settings.endpoints {
            let outcome = try await curl.send(endpoint.call(at: base, timeout: settings.timeout))
            cases.append(try await endpoint.testCase(outcome))
        }
        return Self.verdict(cases.numbered, ending: server.ending, printed: server.printed)
    }

    /// - Parameter ending: How the server ended before it was ended: `'python app.py' exited with 1`.
    static func verdict(_ cases: [TestCase], ending: String?, printed: String) -> Verdict {
        let tally = Tally(cases)
        let count = cases.count == 1 ? "1 endpoint" : "\(cases.count) endpoints"
        guard ending != nil || !tally.failing.isEmpty else {
            let verb = cases.count == 1 ? "answers" : "answer"
            return Verdict(.passed, "\(count) \(verb) as expected.", score: 1, cases: tally.cases)
        }
        let names = tally.failing.map(\.id).named(atMost: 5)
        let verb = tally.failing.count == 1 ? "does" : "do"
        var sentences: [String] = []
        if !tally.failing.isEmpty {
            sentences.append("\(tally.failing.count) of \(count) \(verb) not answer as expected: \(names).")
        }
        if let ending { sentences.append("The server ended during the check: \(ending).") }
        let details = "\(tally.details)\n\(printed)"
        let reason = sentences.joined(separator: " ")
        return Verdict(.failed, reason, score: tally.score, cases: tally.cases, details: details.trimmed + "\n")
    }
}
