import PipelineKit
import WorkspaceKit

/// What differs from the last commit, as far as a commit is to have it.
struct CommitChanges {
    /// Paths from the top of the repository, as git writes them.
    private(set) var removed: [[UInt8]] = []
    private(set) var present: [[UInt8]] = []
    /// Directories that are repositories of their own, and no submodules.
    private var foreign: [String] = []

    /// - Parameter paths: From the workspace; none for all of it.
    /// - Throws: ``Failure/Kind/invalidInput`` when nothing differs, or nothing at one of the paths.
    init(_ view: GitView, _ paths: [String]) async throws(Failure) {
        for path in paths.isEmpty ? ["."] : paths {
            let found = try await Self.status(view, path)
            guard !found.isEmpty else { throw Self.nothing(at: paths.isEmpty ? nil : path) }
            for entry in found { try add(entry) }
        }
        guard !(present + removed).isEmpty else { throw Self.nothing(at: nil, besides: leftOut) }
        try await refuseFiltered(view)
    }

    /// `XY PATH`, ended by NUL; git-status(1), section "Short Format".
    private static func status(_ view: GitView, _ path: String) async throws(Failure) -> [ArraySlice<UInt8>] {
        let words = [
            "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=dirty",
        ]
        return try await view.bytes(of: words + ["--", path]).split(separator: 0)
    }

    private mutating func add(_ entry: ArraySlice<UInt8>) throws(Failure) {
        let code = String(decoding: entry.prefix(2), as: UTF8.self)
        let path = Array(entry.dropFirst(3))
        let name = String(decoding: path, as: UTF8.self)
        if code.contains("U") || code == "AA" || code == "DD" {
            throw Failure(.denied, "'\(name)' has conflicts that are not resolved.")
        }
        if path.last == UInt8(ascii: "/") {
            foreign.append(name)
        } else if code.hasSuffix("D") || code == "D " {
            removed.append(path)
        } else {
            present.append(path)
        }
    }

    /// A filter is a program, and what stands in the file is not what should be committed.
    private func refuseFiltered(_ view: GitView) async throws(Failure) {
        let words = ["check-attr", "-z", "--stdin", "filter"]
        let told = try await view.bytes(of: words, in: view.top, input: Self.list(present)).split(separator: 0)
        for place in stride(from: 0, to: told.count - 2, by: 3) {
            let filter = String(decoding: told[place + 2], as: UTF8.self)
            guard !["unspecified", "unset", "set"].contains(filter) else { continue }
            throw Failure(
                .denied,
                "'\(String(decoding: told[place], as: UTF8.self))' goes through the filter '\(filter)' (.gitattributes), "
                    + "a program that does not run here. Name other files with 'paths', and leave this one to a person."
            )
        }
    }

    /// A line about what is not in the commit; empty when there is nothing such.
    var leftOut: String {
        foreign.isEmpty ? "" : "\nLeft out, as they are repositories of their own: \(foreign.joined(separator: ", "))"
    }

    private static func nothing(at path: String?, besides leftOut: String = "") -> Failure {
        guard let path else {
            return Failure(.invalidInput, "There is nothing to commit: all is as in the last commit.\(leftOut)")
        }
        return Failure(
            .invalidInput,
            "There is nothing to commit at '\(path)': it is as in the last commit, git ignores it, or it is not there."
        )
    }

    /// For `-z --stdin`.
    static func list(_ paths: [[UInt8]]) -> [UInt8] { Array(paths.map { $0 + [0] }.joined()) }
}
