public import HTTPKit
import PipelineKit

extension HTTPResponse {
    /// An error as RFC 9457 words it. `type` says nothing beyond the status; what makes an error one of its kind is
    /// `code`.
    public static func problem(_ error: HTTPError) -> HTTPResponse {
        var response = HTTPResponse.json(status: error.status) {
            $0.object {
                $0.member("type", "about:blank")
                $0.member("title", error.status.phrase)
                $0.member("status", error.status.code)
                $0.member("detail", error.message)
                if !error.code.isEmpty { $0.member("code", error.code) }
                if !error.details.isEmpty { $0.member("errors", .array(error.details.map(JSONValue.string))) }
            }
        }
        response.headers["content-type"] = "application/problem+json"
        return response
    }
}
