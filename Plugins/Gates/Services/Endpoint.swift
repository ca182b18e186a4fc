import GateKit
import PipelineKit

/// One request to a server, and what its answer must be.
struct Endpoint: Fields {
    @Field("The path of the request with its query, such as /users?page=1.") var path: String
    @Field("What the case is called; the method and the path by default.") var name: String? = nil
    @Field("The method of the request.") var method: String = "GET"
    @Field("Headers of the request.") var headers: [String: String] = [:]
    @Field("The body, sent as JSON.") var json: JSONValue? = nil
    @Field("The body, sent as text.") var body: String? = nil
    @Field("The status of the answer.") var expectStatus: Int = 200
    @Field("What the body must have in it, as JSON: members not named here may be anything.")
    var expectJson: JSONValue? = nil
    @Field("Text that the body must hold.") var expectText: String? = nil
    @Field("Headers that the answer must have, with their values; parameters after a ; need not be named.")
    var expectHeaders: [String: String] = [:]
    @Field("Milliseconds that the whole answer may take.") var maxMs: Double? = nil
    @Field("How long to wait for the answer; as long as the gate's timeout by default.") var timeout: Duration? = nil
    @Field("Whether redirections are followed.") var follow: Bool = false
    init() {}

    /// - Throws: `.invalidInput` for what no request can be.
    func check() throws(Failure) {
        try HTTPSettings.check(method: method, headers: headers)
        try HTTPSettings.check(json: json, body: body, maxMs: maxMs)
        if let timeout { try SettingChecks.require(timeout: timeout) }
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
            throw Failure(.invalidInput, "Field 'path' must begin with '/' and have no blanks, but is '\(path)'.")
        }
    }

    var title: String { name ?? "\(method) \(path)" }

    func call(at base: String, timeout standard: Duration) -> HTTPCall {
        let start = base.hasSuffix("/") ? String(base.dropLast()) : base
        var call = HTTPCall(start + path, method: method, timeout: timeout ?? standard)
        call.headers = headers
        call.follows = follow
        call.add(json: json, body: body)
        return call
    }

    var expectation: AnswerCheck {
        var check = AnswerCheck(status: expectStatus)
        check.headers = expectHeaders
        check.json = expectJson
        check.text = expectText
        check.maxMs = maxMs
        return check
    }

    /// The case that an outcome makes of it.
    func testCase(_ outcome: HTTPOutcome) async throws(Failure) -> TestCase {
        switch outcome {
        case .failed(let words, _):
            return TestCase(title, .failed, words)
        case .answered(let answer):
            let misses = try await expectation.misses(in: answer)
            let words = misses.isEmpty ? [] : misses + [AnswerCheck.shown(answer.body)]
            let message = words.joined(separator: "\n")
            return TestCase(title, misses.isEmpty ? .passed : .failed, message, seconds: answer.seconds)
        }
    }
}
