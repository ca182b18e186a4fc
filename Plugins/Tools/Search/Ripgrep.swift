import PipelineKit
import ProcessKit
import Synchronization

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
        "--no-config", "--no-messages", "--no-follow", "--color=never", "--hidden", "--glob=!.git",
        "--no-require-git", "--no-ignore-global", "--max-filesize=\(SearchLimits.file)", "--null",
    ]
    /// Takes one thread where there could be many, and so more than twice the time.
    private static let inOrder = "--sort=path"

    /// The files that are not ignored, relative to the workspace, in order: all, or those that were met first.
    ///
    /// - Parameter most: Bytes of their names.
    func files(most: Int) async throws(Failure) -> (paths: [String], isComplete: Bool) {
        let output = try await run(command(["--files", "--", "./"], most: most)).output
        let end = output.isCut ? output.bytes.prefix(most).lastIndex(of: 0) : output.bytes.endIndex
        let names = output.bytes[..<(end ?? 0)].split(separator: 0)
        return (names.sorted { $0.lexicographicallyPrecedes($1) }.map(Self.path), !output.isCut)
    }

    /// The lines that match in some files, or in all when none are named; in the order of their paths.
    ///
    /// Where there are more than anybody reads, they are those of the first paths, and the search ends with them.
    func hits(_ query: SearchQuery, in files: [String]?) async throws(Failure) -> (hits: [SearchHit], isComplete: Bool)
    {
        var words = ["--line-number", "--no-heading", "--with-filename", "--regexp=\(query.pattern)"]
        words += (query.isRegex ? [] : ["--fixed-strings"]) + (query.ignoresCase ? ["--ignore-case"] : [])
        words += ["--"] + (files?.map { "./\($0)" } ?? ["./"])
        if let all = try await lines(words, query, most: Self.mostUnsorted), !all.isCut {
            return (Self.hits(in: all.bytes).inOrder, true)
        }
        let first = try await lines([Self.inOrder] + words, query, most: Self.mostSorted)
        return (Self.hits(in: first?.bytes ?? []), first?.isCut == false)
    }

    /// What is printed, up to so many bytes; more is not waited for.
    private func lines(_ words: [String], _ query: SearchQuery, most: Int) async throws(Failure) -> CappedOutput? {
        let command = command(words, most: most)
        let read = Mutex(0)
        let ended = try await outcome(of: command) { piece in
            read.withLock { read in
                read += piece.utf8.count
                return read <= most
            }
        }
        switch ended {
        case .finished(let finished):
            if finished.status > 1, finished.errors.total > 0 { throw query.mistake(finished.errors.text) }
            return finished.output
        case .timedOut(let finished):
            guard finished.output.isCut else { throw finished.timeout(of: command) }
            return finished.output
        }
    }

    private func command(_ words: [String], most: Int) -> Command {
        Command(
            program,
            Self.common + words,
            in: workspace,
            environment: ["LC_ALL": "C.UTF-8"],
            timeout: .seconds(60),
            limit: OutputLimit(head: most, tail: 0)
        )
    }

    private static func hits(in bytes: [UInt8]) -> [SearchHit] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap(hit)
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

    /// Bytes of hits that are put in order here.
    private static let mostUnsorted = 1 << 21
    private static let mostSorted = 1 << 20
}

extension [SearchHit] {
    /// By path and line. ripgrep gives the lines of a file together, and in order.
    fileprivate var inOrder: [SearchHit] {
        sorted { left, right in
            left.path == right.path
                ? left.line < right.line : left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
        }
    }
}
