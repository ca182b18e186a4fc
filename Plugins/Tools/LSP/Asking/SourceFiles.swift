import PipelineKit
import Synchronization
import WorkspaceKit

/// The texts of a workspace, as one call sees them: each is read once.
final class SourceFiles: Sendable {
    /// Absolute path of the workspace.
    let root: String
    private let files: ConfinedDirectory
    private let read = Mutex<[String: Source]>([:])

    init(_ files: ConfinedDirectory, of workspace: Workspace) {
        self.files = files
        root = workspace.path
    }

    /// - Throws: ``Failure/Kind/invalidInput`` when there is no such text in the workspace.
    func source(_ path: String) throws(Failure) -> Source {
        if let known = read.withLock({ $0[path] }) { return known }
        let bytes = try files.read(path, limit: Self.most)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.invalidInput, "'\(path)' is no UTF-8 text; it has \(bytes.count) bytes.")
        }
        let source = Source(path, text)
        read.withLock { $0[path] = source }
        return source
    }

    /// Whether there is such a file still, and what is in it.
    func present(_ path: String) -> String? {
        (try? files.read(path, limit: Self.most)).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The path of a file relative to the workspace; `nil` for one that lies elsewhere.
    func path(of uri: String) -> String? {
        guard let path = FileURI.path(uri), path.hasPrefix(root + "/") else { return nil }
        return String(path.dropFirst(root.utf8.count + 1))
    }

    func uri(of path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        return FileURI.text("\(root)/\(parts.joined(separator: "/"))")
    }

    /// Bytes of a text that a server is told.
    private static let most = 2_000_000
}

/// `file:` URIs, RFC 8089.
enum FileURI {
    static func text(_ path: String) -> String {
        path.utf8.reduce(into: "file://") { text, byte in
            let isPlain = "/-._~".utf8.contains(byte) || (byte < 0x80 && Character(UnicodeScalar(byte)).isWordPart)
            text += isPlain ? String(UnicodeScalar(byte)) : "%" + [byte].hexadecimal.uppercased()
        }
    }

    /// The absolute path; `nil` for what is no file of this machine.
    static func path(_ uri: String) -> String? {
        guard uri.hasPrefix("file:///") else { return nil }
        var (bytes, rest): ([UInt8], Substring.UTF8View) = ([], uri.dropFirst("file://".count).utf8)
        while let byte = rest.popFirst() {
            let pair = String(rest.prefix(2)) ?? ""
            if byte == UInt8(ascii: "%"), pair.utf8.count == 2, let value = UInt8(pair, radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        guard !bytes.contains(0), let path = String(validating: bytes, as: UTF8.self) else { return nil }
        // What leads up again could be read as lying below the workspace.
        return path.split(separator: "/").contains { $0 == ".." || $0 == "." } ? nil : path
    }
}

extension Character {
    /// Whether it may stand within a name of most languages.
    var isWordPart: Bool { isLetter || isNumber || self == "_" }
}
