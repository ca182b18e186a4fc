import HTTPKit
import PipelineKit

/// Where a repository is cloned from: an address that git takes, and nothing that would have git run a program or read what
/// it is told to as an option.
struct GitAddress: Sendable, Hashable {
    let text: String

    /// Schemes that every installation takes; `ext::` and its like run commands.
    private static let schemes = ["https", "ssh", "git", "http"]

    /// - Parameter directory: The path without links of a directory of this machine that may be worked on.
    /// - Throws: 400 with what can be, or what `directory` throws.
    init(_ text: String, directory: (String) throws(HTTPError) -> String) throws(HTTPError) {
        self.text = text.hasPrefix("/") ? try directory(text) : text
        guard Self.isClean(text) else {
            throw .invalid("git_url must be an address without spaces and control characters, but is '\(text.shown)'")
        }
        if let colons = text.firstRange(of: "://") {
            let scheme = text[..<colons.lowerBound].lowercased()
            guard Self.schemes.contains(scheme) else { throw Self.refusal(text) }
            // It would stand in the history, and in what every client reads.
            guard let user = Self.user(text[colons.upperBound...]) else { return }
            guard !user.contains(":") else { throw Self.secret("password") }
            // Services take tokens for one.
            guard scheme == "ssh" else { throw Self.secret("user name but for ssh, as it may be a token") }
        } else if !text.hasPrefix("/"), !Self.isScp(text) {
            throw Self.refusal(text)
        }
    }

    /// Who asks, maybe with a password; `nil` for an address that does not say it.
    ///
    /// - Parameter rest: What stands behind the scheme.
    private static func user(_ rest: Substring) -> Substring? {
        let authority = rest.prefix { $0 != "/" }
        return authority.lastIndex(of: "@").map { authority[..<$0] }
    }

    private static func secret(_ what: String) -> HTTPError {
        .invalid(
            "git_url must hold no \(what): put it where git looks, such as a credential helper or a key of ssh"
        )
    }

    private static func isClean(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 2_000 && !text.hasPrefix("-")
            && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
    }

    /// `git@example.org:group/project.git`: a host, one colon, and a path that is no other transport's.
    private static func isScp(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !parts[1].hasPrefix(":") else { return false }
        let host = parts[0].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return host.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" } && !host.hasPrefix("-")
            && !host.isEmpty && !parts[1].hasPrefix("-")
    }

    private static func refusal(_ text: String) -> HTTPError {
        .invalid(
            "git_url must begin with https://, http://, ssh:// or git://, be HOST:PATH, or be the path of a directory that this server works on, but is '\(text.shown)'"
        )
    }
}
