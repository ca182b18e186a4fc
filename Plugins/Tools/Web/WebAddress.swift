import PipelineKit

/// A URL of the web, in parts; what is checked is what is sent, as the URL is put together again from them.
struct WebAddress: Hashable {
    let isSecure: Bool
    /// In lower case; an IPv6 address in its brackets.
    let host: String
    /// As it is asked for: 80 and 443 where the URL names none.
    let port: Int
    /// Path and query, percent-encoded.
    let target: String

    /// Bytes of a URL.
    private static let mostBytes = 4_000

    /// Reads `https://host:port/path?query#fragment`; the fragment is dropped.
    ///
    /// Stricter than RFC 3986: only what all parsers read the same way gets through.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` for other schemes, for credentials, and for a host in other characters than
    ///   those of names and addresses.
    init(_ text: String) throws(Failure) {
        let text = text.trimmed
        guard text.utf8.count <= Self.mostBytes else {
            throw Failure(
                .invalidInput,
                "The URL has \(text.utf8.count) bytes, and at most \(Self.mostBytes) are sent."
            )
        }
        let (scheme, rest) = Self.halves(of: text)
        guard let rest, let isSecure = ["http": false, "https": true][scheme.lowercased()] else {
            throw Self.malformed(text)
        }
        let authority = rest.prefix { !"/?#\\".contains($0) }
        guard !authority.contains("@") else {
            throw Failure(.invalidInput, "The URL must not hold a user name or a password.")
        }
        self.isSecure = isSecure
        (host, port) = try Self.place(authority, isSecure, in: text)
        target = Self.target(rest.dropFirst(authority.count))
    }

    private init(_ base: WebAddress, target: String) {
        (isSecure, host, port) = (base.isSecure, base.host, base.port)
        self.target = target
    }

    /// `docs.example.com`, `localhost:8080`.
    var place: String { host + (port == (isSecure ? 443 : 80) ? "" : ":\(port)") }

    var url: String { "\(isSecure ? "https" : "http")://\(place)\(target)" }

    /// What a reference means in a document at this address (RFC 3986, 5.2).
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` for what is no URL of the web.
    func resolving(_ reference: String) throws(Failure) -> WebAddress {
        let reference = reference.trimmed
        if Self.hasScheme(reference) { return try WebAddress(reference) }
        if reference.hasPrefix("//") { return try WebAddress((isSecure ? "https:" : "http:") + reference) }
        let path = String(target.prefix { $0 != "?" })
        let merged =
            switch reference.first {
            case nil, "#": target
            case "/": reference
            case "?": path + reference
            default: String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) + reference
            }
        guard merged.utf8.count <= Self.mostBytes else {
            throw Failure(
                .invalidInput,
                "The URL has more than \(Self.mostBytes) bytes, which is the most that is sent."
            )
        }
        return WebAddress(self, target: Self.target(merged[...]))
    }
}

// The parts.
extension WebAddress {
    private static func halves(of text: String) -> (scheme: Substring, rest: Substring?) {
        let scheme = text.prefix { $0 != ":" }
        let rest = text.dropFirst(scheme.count)
        return (scheme, rest.hasPrefix("://") ? rest.dropFirst(3) : nil)
    }

    /// RFC 3986, 3.1.
    private static func hasScheme(_ reference: String) -> Bool {
        let scheme = reference.utf8.prefix { $0 != UInt8(ascii: ":") }
        guard scheme.count < reference.utf8.count, let first = scheme.first, first.isLetter else { return false }
        return scheme.allSatisfy { $0.isLetter || $0.isDigit || "+-.".utf8.contains($0) }
    }

    private static func place(
        _ authority: Substring,
        _ isSecure: Bool,
        in text: String
    ) throws(Failure) -> (String, Int) {
        let closing = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        let end = closing.map(authority.index(after:)) ?? authority.firstIndex(of: ":") ?? authority.endIndex
        let (host, rest) = (authority[..<end].lowercased(), authority[end...])
        let isBroken = authority.hasPrefix("[") && closing == nil
        guard !host.isEmpty, !isBroken, rest.isEmpty || rest.hasPrefix(":") else { throw malformed(text) }
        let inner = closing == nil ? host[...] : host.dropFirst().dropLast()
        let others = closing == nil ? "-_." : ":."
        guard inner.utf8.allSatisfy({ $0.isLetter || $0.isDigit || others.utf8.contains($0) }), !inner.isEmpty else {
            throw Failure(
                .invalidInput,
                "The host '\(host.shortened(to: 80))' is written in other characters than letters, digits, '-', '_' and '.'; "
                    + "an international name has to be written in ASCII, as 'xn--...'."
            )
        }
        guard rest.count > 1 else { return (host, isSecure ? 443 : 80) }
        guard let port = Int(rest.dropFirst()), 1...65_535 ~= port, rest.dropFirst().utf8.allSatisfy(\.isDigit) else {
            throw Failure(.invalidInput, "The port '\(rest.dropFirst())' of the URL is none from 1 to 65535.")
        }
        return (host, port)
    }

    /// Without a fragment and without steps through `.` and `..`, and with everything encoded that RFC 3986 does not let
    /// stand in a path or a query.
    private static func target(_ text: Substring) -> String {
        let text = text.prefix { $0 != "#" }
        let path = text.prefix { $0 != "?" }
        let query = text.dropFirst(path.count)
        return withoutSteps(encoded(path)) + encoded(query)
    }

    private static func withoutSteps(_ path: String) -> String {
        var kept: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(path.hasPrefix("/") ? 1 : 0)
        for (place, part) in zip(1..., parts) {
            let isStep = part == "." || part == ".."
            if part == ".." { _ = kept.popLast() }
            if !isStep { kept.append(part) } else if place == parts.count { kept.append("") }
        }
        return "/" + kept.joined(separator: "/")
    }

    private static func encoded(_ text: Substring) -> String {
        let refused = Set("\"<>\\^`{|}".utf8)
        return text.utf8.reduce(into: "") { result, byte in
            let isPlain = byte > 0x20 && byte < 0x7F && !refused.contains(byte)
            result += isPlain ? String(UnicodeScalar(byte)) : byte.percentEncoded
        }
    }

    private static func malformed(_ text: String) -> Failure {
        let said = text.contains("@") ? "" : " '\(text.shortened(to: 200))'"
        return Failure(.invalidInput, "The URL\(said) is not of the form 'https://host/path'.")
    }
}

extension UInt8 {
    var isLetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20 }
    var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

    /// `%2F` (RFC 3986, 2.1)
    var percentEncoded: String {
        let digits = String(self, radix: 16, uppercase: true)
        return "%" + (digits.count < 2 ? "0" : "") + digits
    }
}
