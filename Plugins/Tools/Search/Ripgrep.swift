import PipelineKit
import ProcessKit

/// Calls of ripgrep in a workspace; it reads the project's `.gitignore`, `.ignore` and `.rgignore` files and is fast.
///
/// No configuration of a person is read, no link is followed, `.git` is passed over; rg(1).
struct Ripgrep {
    private let program: String
    private let workspace: Workspace

    /// `nil` when ripgrep is not installed.
    init?(in workspace: Workspace) {
        guard let program = Programs.find("rg") else { return nil }
        self.program = program
        self.workspace = workspace
    }

    private static let common = [
        "--no-config", "--no-messages", "--no-follow", "--color=never", "--sort=path", "--hidden", "--glob=!.git",
        "--no-require-git", "--no-ignore-global", "--max-filesize=\(SearchLimits.file)", "--null",
    ]

    /// Every file that is not ignored, relative to the workspace, in order.
    func files() async throws(Failure) -> [String] {
        let output = try await call(["--files", "--", "./"]).output
        return output.bytes.split(separator: 0).map(Self.path)
    }

    /// The lines that match in some files, or in all when none are named.
    func hits(_ query: SearchQuery, in files: [String]?) async throws(Failure) -> (hits: [SearchHit], isComplete: Bool)
    {
        var words = ["--line-number", "--no-heading", "--with-filename", "--regexp=\(query.pattern)"]
        words += (query.isRegex ? [] : ["--fixed-strings"]) + (query.ignoresCase ? ["--ignore-case"] : [])
        let finished = try await call(words + ["--"] + (files?.map { "./\($0)" } ?? ["./"]))
        if finished.status > 1, finished.errors.total > 0 { throw query.mistake(finished.errors.text) }
        let lines = finished.output.bytes.split(separator: UInt8(ascii: "\n"))
        return (lines.compactMap(Self.hit), !finished.output.isCut)
    }

    private func call(_ words: [String]) async throws(Failure) -> Finished {
        try await run(
            Command(
                program,
                Self.common + words,
                in: workspace,
                environment: ["LC_ALL": "C.UTF-8"],
                timeout: .seconds(60),
                limit: OutputLimit(head: 1 << 23, tail: 0)
            )
        )
    }

    /// `./src/a.py` NUL `12:text`; what is no such line is the note that something was left out.
    private static func hit(_ line: ArraySlice<UInt8>) -> SearchHit? {
        guard let end = line.firstIndex(of: 0) else { return nil }
        let rest = line[(end + 1)...].split(
            separator: UInt8(ascii: ":"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard rest.count == 2, let number = Int(String(decoding: rest[0], as: UTF8.self)) else { return nil }
        return SearchHit(path: path(line[..<end]), line: number, text: String(decoding: rest[1], as: UTF8.self))
    }

    private static func path(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasPrefix("./") ? String(text.dropFirst(2)) : text
    }
}
