import HTTPKit

/// The first line of a request; RFC 9112, section 3.
struct RequestLine: Sendable {
    let method: HTTPMethod
    let target: String
    /// HTTP/1.0, and not 1.1.
    let isOld: Bool

    init(_ line: ArraySlice<UInt8>) throws(HTTPError) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(Characters.isOfToken),
            !parts[1].isEmpty, parts[1].allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw HTTPError(.badRequest, "'\(String(decoding: line, as: UTF8.self).shown)' is no request line.")
        }
        method = HTTPMethod(String(decoding: parts[0], as: UTF8.self))
        target = String(decoding: parts[1], as: UTF8.self)
        let version = String(decoding: parts[2], as: UTF8.self)
        switch version {
        case "HTTP/1.1": isOld = false
        case "HTTP/1.0": isOld = true
        case _ where version.wholeMatch(of: /HTTP\/[0-9]\.[0-9]/) != nil:
            throw HTTPError(.versionNotSupported, "HTTP/1.1 is spoken here, not '\(version)'.")
        default: throw HTTPError(.badRequest, "'\(version.shown)' is no version of HTTP.")
        }
    }
}
