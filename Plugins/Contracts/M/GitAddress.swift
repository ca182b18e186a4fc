import HTTPKit
import PipelineKit

/// Where a repository is cloned from: an address that git takes, and nothing that would have git run a program or read what
/// it is told to as an option.
struct GitAddress: Sendable, Hashable {
    let text: String

    /// Schemes that every installation takes; `ext::` and its like run commands.
    private static let schemes = ["https", "ssh", "git", "http"]

    /// - Parameter allowsFiles: Whether repositories of this machine may be named: an installation for one person says so.
    /// - Throws: 400 with what can be.
    init(_ text: String, allowsFiles: Bool) throws(HTTPError) {
        self.text = text
        guard Self.isClean(text) else {
            throw .invalid("git_url must be an address without spaces and control characters, but is '\(text.shown)'")
        }
        if let colons = text.firstRange(of: "://") {
            let scheme = text[..<colons.lowerBound].lowercased()
            guard Self.schemes.contains(scheme) || (allowsFiles && scheme == "file") else { throw Self.refusal(text) }
        } else if text.hasPrefix("/") {
            guard allowsFiles else { throw Self.refusal(text) }
        } else {
            guard Self.isScp(text) else { throw Self.refusal(text) }
        }
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
        .invalid("git_url must begin with https://, ssh:// or git://, or be HOST:PATH, but is '\(text.shown)'")
    }
}
