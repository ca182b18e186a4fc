import CLinux
import Glibc
public import PipelineKit

extension ConfinedDirectory {
    /// The longest file that ``text(of:in:)`` gives; bytes.
    private static let longestShown = 200_000

    /// What a file of a workspace holds, for a person to see beside what it is to hold.
    ///
    /// - Returns: `nil` for what is no text, is too long to be shown, or is outside of the workspace.
    @Sendable public static func text(of path: String, in workspace: String) -> String? {
        guard let bytes = try? ConfinedDirectory(workspace).read(path, limit: longestShown) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The bytes of a file.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when there is no such file, it is not a regular one or it
    ///   has more than `limit` bytes.
    public func read(_ text: String, limit: Int = FileLimits.read) throws(Failure) -> [UInt8] {
        let path = try WorkspacePath(text)
        let status: stat
        let bytes: [UInt8]
        do throws(FileFault) {
            let named = try open(path, sluice_o_path())
            status = try named.status()
            // Anything else is not even opened.
            bytes = status.isRegular ? try named.reopenedForReading().read(atMost: limit + 1) : []
        } catch {
            throw failure(error, path, "read")
        }
        guard status.isRegular else { throw .wrongKind(text, status.kind, "read") }
        guard bytes.count <= limit else { throw .tooLarge(text, max(Int(status.st_size), bytes.count), limit, "read") }
        return bytes
    }

    /// What a directory holds, in the order of the names' bytes.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when there is no such directory.
    public func list(_ text: String = ".") throws(Failure) -> [DirectoryEntry] {
        let path = try WorkspacePath(text)
        do throws(FileFault) {
            return try entries(of: path)
        } catch {
            guard error.number != ENOTDIR || (try? status(text))?.kind == .directory else {
                throw Failure(.invalidInput, "'\(text.shown)' is not a directory.")
            }
            throw failure(error, path, "read")
        }
    }

    private func entries(of path: WorkspacePath) throws(FileFault) -> [DirectoryEntry] {
        let directory = try open(path, O_RDONLY | O_DIRECTORY)
        return try directory.names().map { name throws(FileFault) in
            let status = try directory.status(of: name)
            return DirectoryEntry(name: name, kind: status?.kind ?? .file, size: Int(status?.st_size ?? 0))
        }
    }

    /// ` Did you mean 'src/calc.py'?`, where the first component that does not exist is replaced by the nearest name
    /// beside it.
    func suggestion(for path: WorkspacePath) -> String {
        for depth in path.components.indices {
            let prefix = WorkspacePath(Array(path.components[...depth]))
            if (try? open(prefix, sluice_o_path())) != nil { continue }
            let names = (try? open(prefix.parent, O_RDONLY | O_DIRECTORY).names()) ?? []
            guard let near = Suggestion.nearest(to: path.components[depth], among: names.prefix(2000)) else { break }
            let candidate = prefix.parent.components + [near] + path.components[(depth + 1)...]
            let words = " Did you mean '\(candidate.joined(separator: "/").shown)'?"
            return (try? open(WorkspacePath(candidate), sluice_o_path())) == nil ? "" : words
        }
        return ""
    }
}

/// One name in a directory.
public struct DirectoryEntry: Sendable, Hashable {
    /// Bytes that are no UTF-8 are U+FFFD.
    public var name: String
    /// Of the name itself: a link is a link, whatever it leads to.
    public var kind: FileKind
    /// Bytes.
    public var size: Int
}
