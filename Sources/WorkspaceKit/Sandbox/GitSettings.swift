import PipelineKit
import ProcessKit

/// The settings of a repository as commands in a sandbox see them: without what may hold a key.
///
/// Tokens stand in the addresses of remotes, in headers, in helpers and in aliases (git-config(1)). Kept is what git needs
/// to read the repository, and what names its author.
enum GitSettings {
    /// Writes what commands see in the place of each file of settings of a repository.
    ///
    /// - Parameters:
    ///   - places: Absolute paths of what commands see of the repository.
    ///   - directory: Absolute path of where to write; made anew.
    /// - Returns: absolute paths, by those of the files they stand for.
    static func standIns(in places: [String], at directory: String) async throws(Failure) -> [String: String] {
        try Disk.remove(directory)
        try Disk.makeDirectory(directory)
        var shown: [String: String] = [:]
        for path in Set(places.flatMap { files(in: $0) }).sorted() {
            let standIn = "\(directory)/\(shown.count)"
            try Disk.write(Array(try await cleared(path).utf8), to: standIn)
            shown[path] = standIn
        }
        return shown
    }

    /// The files of settings of a `.git`: its own, and those of its worktrees and submodules; gitrepository-layout(5).
    private static func files(in place: String, depth: Int = 0) -> [String] {
        let worktrees = Disk.names(in: "\(place)/worktrees").map { "\(place)/worktrees/\($0)" }
        let own = ["\(place)/config"] + ([place] + worktrees).map { "\($0)/config.worktree" }
        return own.filter(Disk.isFile) + submodules(in: "\(place)/modules", depth: depth)
    }

    /// Of the submodules, whose names may have slashes; what lies deeper than anybody nests them is not looked for.
    private static func submodules(in directory: String, depth: Int) -> [String] {
        guard depth < 32 else { return [] }
        return Disk.names(in: directory).map { "\(directory)/\($0)" }.filter(Disk.isDirectory).flatMap { path in
            Disk.exists("\(path)/HEAD")
                ? files(in: path, depth: depth + 1) : submodules(in: path, depth: depth + 1)
        }
    }

    /// The text of a file of settings without what may hold a key; nothing of one that git cannot read.
    private static func cleared(_ path: String) async throws(Failure) -> String {
        let words = ["config", "--file", path, "--no-includes", "--null", "--list"]
        let finished = try await run(GitCommand.make(words, in: "/"))
        guard finished.status == 0 else { return "" }
        return finished.output.text.split(separator: "\0").compactMap { GitSetting(String($0))?.line }.joined()
    }
}

/// One setting, as `git config --list --null` prints it: `remote.origin.url`, a line break, and the value if it has one.
struct GitSetting {
    let section: String
    let subsection: String?
    let name: String
    let value: String?

    /// - Returns: `nil` for one that commands do not see.
    init?(_ text: String) {
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard let key = parts.first, let first = key.firstIndex(of: "."), let last = key.lastIndex(of: ".") else {
            return nil
        }
        section = String(key[..<first])
        name = String(key[key.index(after: last)...])
        subsection = first == last ? nil : String(key[key.index(after: first)..<last])
        value = parts.count > 1 ? Self.withoutKeys(String(parts[1])) : nil
        guard isHarmless else { return nil }
    }

    private var isHarmless: Bool {
        if section == "remote" { return Self.ofRemotes.contains(name) }
        return Self.sections.contains(section) && !Self.programs.contains(name)
    }

    private static let sections: Set = [
        "author", "branch", "commit", "committer", "core", "diff", "extensions", "feature", "filter", "i18n", "index",
        "init", "merge", "pull", "push", "rebase", "submodule", "user",
    ]
    private static let ofRemotes: Set = [
        "url", "pushurl", "fetch", "push", "mirror", "tagopt", "prune", "prunetags", "promisor", "partialclonefilter",
    ]
    private static let programs: Set = ["sshcommand", "gitproxy", "askpass", "alternaterefscommand"]

    /// The value without the name and password in an address, and without what follows a question mark there.
    static func withoutKeys(_ value: String) -> String {
        guard let scheme = value.firstRange(of: "://") else { return value }
        let rest = value[scheme.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let host = rest[..<end].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let path = rest[end...].prefix { !"?#".contains($0) }
        return String(value[..<scheme.upperBound]) + host + path
    }

    /// As a file of settings says it.
    var line: String {
        let place = subsection.map { " \"\(Self.escaped($0))\"" } ?? ""
        let text = value.map { " = \"\(Self.escaped($0))\"" } ?? ""
        return "[\(section)\(place)]\n\t\(name)\(text)\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n").replacing("\t", with: "\\t").replacing("\u{8}", with: "\\b")
    }
}
