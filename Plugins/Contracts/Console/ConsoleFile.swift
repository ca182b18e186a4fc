import CConsole
import CCrypto
import HTTPKit
import PipelineKit

/// One file of the console.
struct ConsoleFile: Sendable {
    /// Relative to the folder of the files: `js/main.js`.
    let path: String
    /// The media type.
    let type: String
    let bytes: [UInt8]
    /// A strong entity tag with its quotes; RFC 9110, section 8.8.3.
    let tag: String

    init(path: String, type: String, bytes: [UInt8]) {
        self.path = path
        self.type = type
        self.bytes = bytes
        tag = "\"\(Self.sha256(bytes).hexadecimal)\""
    }

    static func all() -> [ConsoleFile] {
        var count = 0
        let files = sluice_console_files(&count)
        return UnsafeBufferPointer(start: files, count: count).map { file in
            ConsoleFile(
                path: String(cString: file.path),
                type: String(cString: file.type),
                bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.length))
            )
        }
    }

    /// The file, or 304 for a browser that has it.
    func response(to request: HTTPRequest) -> HTTPResponse {
        var response = isKnown(to: request) ? HTTPResponse(.notModified) : HTTPResponse(type: type, body: bytes)
        response.headers["etag"] = tag
        // Kept by the browser, and asked for again each time: a new program shows its own console at once.
        response.headers["cache-control"] = "no-cache"
        response.headers["content-security-policy"] = Self.policy
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["referrer-policy"] = "no-referrer"
        response.headers["cross-origin-opener-policy"] = "same-origin"
        return response
    }

    /// Compared weakly; RFC 9110, section 13.1.2.
    private func isKnown(to request: HTTPRequest) -> Bool {
        let known = request.headers.all("if-none-match").flatMap { $0.split(separator: ",") }
        return known.contains { part in
            let trimmed = part.drop { $0 == " " || $0 == "\t" }
            let mark = trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed
            let bare = mark.prefix { $0 != " " && $0 != "\t" }
            return bare == tag[...] || bare == "*"
        }
    }

    /// Nothing from another host, nothing inline; W3C, Content Security Policy Level 3.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        let hash = sluice_sha256_new()
        sluice_digest_add(hash, bytes, bytes.count)
        var digest = [UInt8](repeating: 0, count: 32)
        sluice_digest_end(hash, &digest)
        return digest
    }
}
