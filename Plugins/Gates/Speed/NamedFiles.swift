import GateKit

/// The files of a tree that a command line names: what is measured by them must be the same in every run.
///
/// The tree is writable for what runs in it, so code that is measured could write another benchmark for the next run.
struct NamedFiles: Sendable, Hashable {
    private let contents: [String: [UInt8]]

    /// - Parameter directory: Absolute path of where the command line is run.
    init(of line: String, in directory: String) {
        contents = Self.words(of: line).reduce(into: [:]) { $0[$1] = ReportFile.bytes(at: "\(directory)/\($1)") }
    }

    /// The first of them, by name, that is not what it was.
    func changed(in directory: String) -> String? {
        contents.keys.sorted().first { ReportFile.bytes(at: "\(directory)/\($0)") != contents[$0] }
    }

    /// The words that could be files of the tree, without those that the output goes to.
    private static func words(of line: String) -> Set<String> {
        let parts = line.split(separator: ">", omittingEmptySubsequences: false).enumerated()
        let words = parts.flatMap { index, part in
            part.split { $0.isWhitespace || "'\"`;|&<()=".contains($0) }.dropFirst(index == 0 ? 0 : 1)
        }
        return Set(words.map(String.init).filter { !$0.hasPrefix("/") && !$0.split(separator: "/").contains("..") })
    }
}
