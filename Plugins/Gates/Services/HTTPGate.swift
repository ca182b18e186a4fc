import GateKit
public import PipelineKit

/// Holds when an address that is there already answers as it should.
public struct HTTPGate: Gate {
    public static let id: ModuleID = "http"
    public static let summary = "Holds when a URL answers one request as it should."
    public static let example: JSONValue = ["url": "http://127.0.0.1:8080/health"]

    /// For `max_ms`: what runs beside it would slow the answers down.
    public static let measures = true

    public struct Settings: Fields {
        @Field("Where to ask, with http or https.") var url: String
        @Field("The method of the request.") var method: String = "GET"
        @Field("Headers of the request.") var headers: [String: String] = [:]
        @Field("The body, sent as JSON.") var json: JSONValue? = nil
        @Field("The body, sent as text.") var body: String? = nil
        @Field("The status of the answer.") var expectStatus: Int = 200
        @Field("Text that the body must hold.") var expectText: String? = nil
        @Field("Regular expression that must match in the body; ^ and $ match at every line.")
        var expectRegex: String? = nil
        @Field("What the body must have in it, as JSON: members not named here may be anything.")
        var expectJson: JSONValue? = nil
        @Field("Headers that the answer must have, with their values; parameters after a ; need not be named.")
        var expectHeaders: [String: String] = [:]
        @Field("Milliseconds that the whole answer may take.") var maxMs: Double? = nil
        @Field("Whether redirections are followed.") var follow: Bool = false
        @Field("How long to wait for the answer.") var timeout: Duration = .seconds(30)
        public init() {}
    }

    private let call: HTTPCall
    private let expectation: AnswerCheck

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        try Self.check(url: settings.url)
        try HTTPSettings.check(method: settings.method, headers: settings.headers)
        try HTTPSettings.check(json: settings.json, body: settings.body, maxMs: settings.maxMs)
        var call = HTTPCall(settings.url, method: settings.method, timeout: settings.timeout)
        call.headers = settings.headers
        call.follows = settings.follow
        call.add(json: settings.json, body: settings.body)
        self.call = call
        var expectation = AnswerCheck(status: settings.expectStatus)
        expectation.headers = settings.expectHeaders
        expectation.json = settings.expectJson
        expectation.text = settings.expectText
        if let expression = settings.expectRegex { expectation.pattern = try Pattern(expression, of: "expect_regex") }
        expectation.maxMs = settings.maxMs
        self.expectation = expectation
    }

    /// - Throws: `.invalidInput` for what is no address, or has a password in it that would be shown.
    static func check(url: String) throws(Failure) {
        let scheme = ["http://", "https://"].first { url.hasPrefix($0) }
        let rest = url.dropFirst(scheme?.count ?? 0)
        let host = rest.prefix { !"/?#".contains($0) }
        guard scheme != nil, !host.isEmpty, url.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
            throw Failure(.invalidInput, "Field 'url' must be a URL with http or https, but is '\(url)'.")
        }
        guard !host.contains("@") else {
            throw Failure(.invalidInput, "Field 'url' must not hold a name or a password: it is shown.")
        }
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        if let confinement = workspace.confinement, confinement.network == Confinement.Network.none {
            throw Failure(
                .denied,
                "'\(call.url)' cannot be asked: the sandbox has no network. Allow its host with 'workspace: network'."
            )
        }
        let curl = try Curl(in: workspace, scratch: context.scratch())
        let name = "\(call.method) \(call.url)"
        switch try await curl.send(call) {
        case .failed(let words, _):
            return .failed("'\(name)' failed. \(words)", score: 0)
        case .answered(let answer):
            let misses = try await expectation.misses(in: answer)
            guard misses.isEmpty else {
                let reason = "'\(name)' is not answered as expected. \(misses.joined(separator: " "))"
                return Verdict(.failed, reason, score: 0, details: AnswerCheck.shown(answer.body) + "\n")
            }
            var verdict = Verdict.passed("'\(name)' is answered with \(answer.status), as expected.", score: 1)
            verdict.metrics = ["milliseconds": answer.seconds * 1_000]
            return verdict
        }
    }
}
