import PipelineKit

/// Status and headers of an answer.
struct ResponseHead: Sendable, Hashable {
    var status: Int
    /// By name in lower case; the values of a name that comes twice are joined with a comma (RFC 9110, 5.3).
    var headers: [String: String]
}

/// Collects the lines of a head, one call for each line, as libcurl hands them over.
struct ResponseHeadReader {
    enum Step: Hashable {
        case more
        case complete(ResponseHead)
        case tooLong
    }

    private var head = ResponseHead(status: 0, headers: [:])
    private var size = 0
    private(set) var isComplete = false

    /// Takes one line with its line end. Trailers, which come after the body, are passed over.
    mutating func take(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Step {
        guard !isComplete else { return .more }
        size += bytes.count
        guard size <= limit else { return .tooLong }
        let line = Substring(decoding: bytes, as: UTF8.self).trimmed
        if line.hasPrefix("HTTP/") {
            head = ResponseHead(
                status: line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0,
                headers: [:]
            )
        } else if line.isEmpty, head.status >= 200 {  // those below announce another head
            isComplete = true
            return .complete(head)
        } else if let colon = line.firstIndex(of: ":") {
            add(line[..<colon].trimmed.lowercased(), String(line[line.index(after: colon)...].trimmed))
        }
        return .more
    }

    private mutating func add(_ name: String, _ value: String) {
        head.headers[name] = head.headers[name].map { "\($0), \(value)" } ?? value
    }
}
