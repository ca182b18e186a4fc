import PipelineKit
import WorkspaceKit

/// Searches a workspace without any program, where ripgrep is not installed.
///
/// Links are never followed; `.gitignore` files are not read, and the directories everybody ignores are passed over.
struct FileWalk {
    private let files: ConfinedDirectory

    init(_ workspace: Workspace) throws(Failure) { files = try ConfinedDirectory(workspace) }

    /// Every file, relative to the workspace, in order.
    func paths() throws(Failure) -> [String] {
        var found: [String] = []
        try collect(".", "", into: &found)
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func collect(_ directory: String, _ prefix: String, into found: inout [String]) throws(Failure) {
        for entry in try files.list(directory) {
            let path = prefix + entry.name
            switch entry.kind {
            case .file where entry.size <= SearchLimits.file: found.append(path)
            case .directory where !SearchLimits.passedOver.contains(entry.name):
                // One that went away meanwhile, or cannot be read, has nothing to show.
                do throws(Failure) { try collect(path, path + "/", into: &found) } catch { continue }
            default: continue
            }
        }
    }

    func hits(_ query: SearchQuery, in paths: [String]) throws(Failure) -> [SearchHit] {
        let matcher = try LineMatcher(query)
        return paths.flatMap { path in
            guard let bytes = try? files.read(path, limit: SearchLimits.file), !bytes.contains(0) else {
                return [SearchHit]()
            }
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            return lines.enumerated().compactMap { number, line in
                let text = String(decoding: line, as: UTF8.self)
                return matcher.matches(text) ? SearchHit(path: path, line: number + 1, text: text) : nil
            }
        }
    }
}

/// Says whether a line has what is looked for.
private struct LineMatcher {
    private let regex: Regex<AnyRegexOutput>?
    private let query: SearchQuery

    init(_ query: SearchQuery) throws(Failure) {
        self.query = query
        guard query.isRegex else {
            regex = nil
            return
        }
        do {
            regex = try Regex(query.pattern).ignoresCase(query.ignoresCase)
        } catch {
            throw query.mistake("\(error)")
        }
    }

    func matches(_ line: String) -> Bool {
        if let regex { return line.contains(regex) }
        return query.ignoresCase ? line.lowercased().contains(query.pattern.lowercased()) : line.contains(query.pattern)
    }
}
