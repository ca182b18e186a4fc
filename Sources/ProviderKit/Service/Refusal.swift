import PipelineKit

/// Turns an answer that refuses into a failure, in the service's own words.
struct Refusal {
    var host: String
    var request: ModelRequest
    /// `/v1/chat/completions`
    var path = ""
    var key: ServiceKey?

    /// - Parameter now: The local time, for a `Retry-After` that names a date when the answer itself has none.
    func failure(status: Int, headers: [String: String], body: [UInt8], now: Instant) -> Failure {
        let error = try? JSONValue(parsing: body)
        let words = error.flatMap(Self.words) ?? (body.isEmpty ? "" : "'\(printable(body))'")
        var failure = failure(
            status: status,
            code: error.flatMap(Self.code),
            words: words,
            location: headers["location"]
        )
        if failure.isWorthRetrying {
            failure.retryAfter = retryDelay(headers, now: now) ?? error.flatMap(Self.toldDelay)
        }
        return failure
    }

    /// A failure that was told in the middle of a stream, where there is no status; some services send one as the code.
    func failure(for error: JSONValue) -> Failure {
        let words = Self.words(error) ?? "'\(printable(error.jsonText))'"
        let told = error["code"]?.integer ?? error["code"]?.text.flatMap { Int($0) }
        if let status = told, 400..<600 ~= status {
            return failure(status: status, code: Self.code(error), words: words, location: nil)
        }
        let code = [error["code"]?.text, error["type"]?.text].compactMap(\.self).joined(separator: " ")
        if code.contains("insufficient_quota") || code.contains("rate_limit") {
            return failure(status: 429, code: code, words: words, location: nil)
        }
        if code.contains("context_length_exceeded") || code.contains("invalid_request") {
            return failure(status: 400, code: code, words: words, location: nil)
        }
        return Failure(.unavailable, "'\(host)' gave up in the middle of its answer\(after(words))")
    }

    private func failure(status: Int, code: String?, words: String, location: String?) -> Failure {
        let end = after(words)
        // Google's word for a key that is none.
        let status = code == "API_KEY_INVALID" ? 401 : status
        switch status {
        case 300..<400:
            let target = location.map { " to '\(printable($0))'" } ?? ""
            return Failure(
                .invalidInput,
                "'\(host)' sends requests elsewhere (\(status))\(target); set that as the base URL."
            )
        case 401: return Failure(.missing, "\(noKey)\(end)")
        case 402: return Failure(.missing, "The account at '\(host)' has no credit (402)\(end)")
        case 403: return Failure(.denied, "'\(host)' denies access\(withKey) (403)\(end)")
        case 404:
            return Failure(
                .invalidInput,
                "'\(host)' does not know the model '\(request.model)' or '\(path)' (404)\(end)"
            )
        case 429 where code?.contains("insufficient_quota") == true:
            return Failure(.missing, "The account at '\(host)' has no credit (429)\(end)")
        case 408, 409, 429: return Failure(.rateLimited, "'\(host)' asks to come back later (\(status))\(end)")
        case 500...: return Failure(.unavailable, "'\(host)' is out of order (\(status))\(end)")
        default:
            let isTooLong = TooLong.isSaid(status: status, code: code, words: words)
            return Failure(.invalidInput, "'\(host)' refuses the request (\(status))\(end)", isTooLong: isTooLong)
        }
    }

    private var noKey: String {
        guard let key else { return "'\(host)' asks for a key, and the settings name none (401)" }
        return "'\(host)' does not accept the key in \(key.variable) (401)"
    }

    private var withKey: String { key.map { " with the key in \($0.variable)" } ?? "" }

    /// `: words.`, with one full stop.
    private func after(_ words: String) -> String {
        guard let last = words.last else { return "." }
        return ": \(words)\(".!?".contains(last) ? "" : ".")"
    }
}

// What services write into the body of a refusal.
extension Refusal {
    /// `{"error": {"message": "..."}}`, `{"error": "..."}`, `{"message": "..."}`, `{"detail": "..."}`, or a list with
    /// one of these.
    private static func words(_ json: JSONValue) -> String? {
        if let first = json.elements.first { return words(first) }
        let places = [
            json["error"]?["message"], json["error"], json["message"], json["detail"]?["message"], json["detail"], json,
        ]
        let text = places.lazy.compactMap { $0?.text }.first { !$0.isEmpty }
        return text.map { printable($0, limit: 500) }
    }

    private static func code(_ json: JSONValue) -> String? {
        let error = json.elements.first?["error"] ?? json["error"] ?? json
        let reason = error["details"]?.elements.lazy.compactMap { $0["reason"]?.text }.first
        return reason ?? error["code"]?.text ?? error["type"]?.text ?? error["status"]?.text
    }

    /// Seconds, from Google's `{"error": {"details": [{"retryDelay": "17.5s"}]}}`.
    private static func toldDelay(_ json: JSONValue) -> Double? {
        let error = json.elements.first?["error"] ?? json["error"]
        let text = error?["details"]?.elements.lazy.compactMap { $0["retryDelay"]?.text }.first
        guard let text, text.last == "s", let seconds = Double(text.dropLast()) else { return nil }
        return seconds.isFinite && seconds >= 0 ? seconds : nil
    }
}

extension Failure {
    fileprivate var isWorthRetrying: Bool { kind == .rateLimited || kind == .unavailable }
}
