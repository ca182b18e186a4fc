import CZlib
import HTTPKit

/// Compresses what is text, for clients that can read it; RFC 9110, section 8.4.
enum ContentCoding {
    /// The speed that loses little: a tenth of the size for JSON, at twice the pace of zlib's usual 6.
    private static let level: Int32 = 4

    /// - Parameter floor: Smaller bodies are left as they are; bytes.
    static func apply(to response: inout HTTPResponse, of request: HTTPRequest, floor: Int) {
        guard response.body.count >= floor, response.headers["content-encoding"] == nil,
            isText(response.headers["content-type"] ?? "")
        else { return }
        let vary = response.headers.all("vary") + ["Accept-Encoding"]
        response.headers["vary"] = vary.joined(separator: ", ")
        guard accepts(request.headers), let body = gzip(response.body), body.count < response.body.count else { return }
        response.body = body
        response.headers["content-encoding"] = "gzip"
        // Other bytes than those that the tag names; RFC 9110, section 8.8.1.
        if let tag = response.headers["etag"], tag.hasPrefix("\"") { response.headers["etag"] = "W/\(tag)" }
    }

    /// Whether `Accept-Encoding` allows gzip; RFC 9110, section 12.5.3.
    static func accepts(_ headers: HTTPHeaders) -> Bool {
        var others = false
        for wish in headers.tokens("accept-encoding") {
            let parts = wish.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first else { continue }
            let isAllowed = !parts.dropFirst().contains { $0.wholeMatch(of: /q=0(\.0{0,3})?/) != nil }
            if name == "gzip" || name == "x-gzip" { return isAllowed }
            if name == "*" { others = isAllowed }
        }
        return others
    }

    static func isText(_ type: String) -> Bool {
        let name = type.lowercased().prefix { $0 != ";" && $0 != " " }
        return name.hasPrefix("text/") || name.hasSuffix("+json") || name.hasSuffix("+xml") || texts.contains(name)
    }

    private static let texts: Set<Substring> = [
        "application/json", "application/javascript", "application/xml", "application/openapi", "application/yaml",
    ]

    /// - Returns: `nil` when there is no memory for it.
    static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard sluice_gzip_begin(&stream, level) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let most = Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        let output = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(clamping: input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(clamping: most)
                count = deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
        return output.isEmpty ? nil : output
    }
}
