import HTTPKit
import PipelineKit
import Testing

/// What handlers read of a request.
struct RequestTests {
    private struct Body: Fields {
        @Field("Whether to go on.") var decision: String
        @Field("How often.") var count: Int = 1
    }

    private func request(_ body: String, type: String? = nil, target: String = "/") throws -> HTTPRequest {
        var headers = HTTPHeaders()
        headers["Content-Type"] = type
        return HTTPRequest(.post, try RequestTarget(target), headers: headers, body: Array(body.utf8))
    }

    @Test(arguments: [nil, "application/json", "application/JSON; charset=utf-8", "application/problem+json"])
    func aBodyIsReadAsJSON(type: String?) throws {
        let body: Body = try request(#"{"decision": "approve"}"#, type: type).fields()
        #expect(body.decision == "approve")
        #expect(body.count == 1)
    }

    @Test func anEmptyBodyIsAnEmptyObject() throws { #expect(try request("").json() == [:]) }

    @Test func aBodyOfAnotherTypeIsRefused() {
        let error = #expect(throws: HTTPError.self) { try request("a=1", type: "text/plain").json() }
        #expect(error == HTTPError(.unsupportedMediaType, "The body must be application/json, but is 'text/plain'."))
    }

    @Test func everyMistakeOfABodyIsTold() {
        let error = #expect(throws: HTTPError.self) {
            try request(#"{"decison": "x", "count": "y"}"#).fields(Body.self)
        }
        #expect(error?.status == .unprocessable)
        #expect(
            error?.details == [
                "Unknown field 'decison'. Did you mean 'decision'?",
                "Field 'count' must be a whole number, but is \"y\".",
            ]
        )
    }

    @Test(arguments: [("/?n=5", 5), ("/", nil)])
    func aNumberOfTheQueryIsRead(target: String, number: Int?) throws {
        #expect(try request("", target: target).number("n", in: 1...10) == number)
    }

    @Test(arguments: ["/?n=0", "/?n=11", "/?n=x", "/?n="])
    func aNumberOutOfItsRangeIsRefused(target: String) throws {
        let request = try request("", target: target)
        let error = #expect(throws: HTTPError.self) { try request.number("n", in: 1...10) }
        let value = target.dropFirst(4)
        #expect(error?.message == "Parameter 'n' must be a whole number from 1 to 10, but is '\(value)'.")
    }

    @Test func theFieldsOfAMessageKeepTheirOrder() {
        var headers: HTTPHeaders = ["Accept": "a"]
        headers.append("accept", "b, C ,")
        #expect(headers["ACCEPT"] == "a")
        #expect(headers.all("Accept") == ["a", "b, C ,"])
        #expect(headers.tokens("accept") == ["a", "b", "c"])
        headers["accept"] = nil
        #expect(headers.fields.isEmpty)
    }
}
