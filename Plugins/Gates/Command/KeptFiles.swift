import FoundationEssentials
import GateKit
import Glibc
import PipelineKit
import WorkspaceKit

/// Files that have to be what they were at the start of a run; none of their kind may come, and none go.
struct KeptFiles: Sendable {
    private let patterns: [GlobPattern]

    /// - Throws: `.invalidInput` for a pattern that cannot be.
    init(_ patterns: [String]) throws(Failure) {
        self.patterns = try patterns.map { text throws(Failure) in try GlobPattern(text) }
    }

    /// - Returns: `nil` when all are as they were.
    /// - Throws: ``PipelineKit/Failure/Kind/unavailable`` for a file that cannot be read: nobody knows whether it is kept.
    func verdict(in workspace: Workspace, since context: GateContext) async throws(Failure) -> Verdict? {
        guard !patterns.isEmpty else { return nil }
        let base = try await context.base()
        let (before, after) = (paths(below: base.path), paths(below: workspace.path))
        var changes: [KeptFile] = []
        for path in before.union(after).sorted() {
            let file = try KeptFile(path, before: "\(base.path)/\(path)", after: "\(workspace.path)/\(path)")
            if let file { changes.append(file) }
        }
        guard !changes.isEmpty else { return nil }
        let names = changes.prefix(5).map(\.words).joined(separator: ", ")
        let more = changes.count > 5 ? " and \(changes.count - 5) more" : ""
        let sought = patterns.map { "'\($0)'" }.joined(separator: ", ")
        return Verdict(
            .failed,
            "What matches \(sought) has to be as it was at the start: \(names)\(more). Undo that.",
            details: changes.map(\.text).joined().capped(to: 12_000)
        )
    }

    private func paths(below root: String) -> Set<String> {
        var found: Set<String> = []
        collect(root, "", depth: 0, &found)
        return found
    }

    /// Regular files and links; links are not followed.
    private func collect(_ root: String, _ prefix: String, depth: Int, _ found: inout Set<String>) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(prefix)")) ?? []
        for name in names where name != ".git" {
            var status = stat()
            guard lstat("\(root)/\(prefix)\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where depth < 32: collect(root, "\(prefix)\(name)/", depth: depth + 1, &found)
            case S_IFREG, S_IFLNK: if patterns.matches("\(prefix)\(name)") { found.insert("\(prefix)\(name)") }
            default: break
            }
        }
    }
}

/// A file that is not what it was.
private struct KeptFile {
    private let path: String
    private let before: Data?
    private let after: Data?
    /// Bytes of one file that are shown.
    private static let most = 12_000

    /// - Returns: `nil` when nothing has changed.
    init?(_ path: String, before: String, after: String) throws(Failure) {
        self.path = path
        (self.before, self.after) = (try Self.content(at: before), try Self.content(at: after))
        if self.before == self.after { return nil }
    }

    /// How it differs, in a word.
    var words: String { "'\(path)' is \(before == nil ? "new" : after == nil ? "gone" : "changed")" }

    /// What it held, so that it can be written again.
    var text: String {
        guard let before else { return "" }
        return "'\(path)' was:\n\(String(decoding: before.dropFirst(2).prefix(Self.most), as: UTF8.self))\n"
    }

    /// The kind, whether it may be run, and what it holds or leads to; `nil` when nothing is there.
    private static func content(at path: String) throws(Failure) -> Data? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        let kind = Data([isLink ? 1 : 0, status.st_mode & S_IXUSR == 0 ? 0 : 1])
        do {
            let target = { try FileManager.default.destinationOfSymbolicLink(atPath: path) }
            return kind + (isLink ? Data(try target().utf8) : try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw Failure(.unavailable, "'\(path)' cannot be compared with the start of the run: \(error.systemWords).")
        }
    }
}
