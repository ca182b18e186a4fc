public import PipelineKit

/// A pattern for paths in a workspace, the same in policies, in searches and in tools.
///
/// - `?` is one character and `*` any number of them, neither a `/`; both match a dot at the beginning of a name.
/// - `[a-z]` and `[!a-z]` are one character of a set, and one that is not in it; never a `/`.
/// - `**` as a whole component is any number of components: `src/**` is all below `src`, `**/x` is `x` at any depth.
/// - `{a,b}` is either; `\` takes the next character as it is.
/// - A pattern without a `/` holds at any depth, as in a `.gitignore` file; `./x` is only the `x` at the top.
/// - A pattern without wildcards, or with a `/` at the end, also names everything below that directory.
///
/// Matching takes time proportional to the length of the path times that of the pattern, whatever they are.
public struct GlobPattern: Sendable, Hashable {
    /// The pattern as it was written.
    public let text: String
    private let sequences: [GlobSequence]

    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` for a pattern that is absolute, that leaves the workspace
    ///   or that is not complete.
    public init(_ text: String) throws(Failure) {
        self.text = text
        do throws(GlobMistake) {
            sequences = try Self.sequences(of: text)
        } catch {
            throw Failure(.invalidInput, "Pattern '\(text.shown)' \(error.words)")
        }
    }

    /// Whether the pattern names this path.
    ///
    /// - Parameter path: Relative to the workspace, its components joined by `/`.
    public func matches(_ path: String) -> Bool {
        let scalars = Array((path.hasPrefix("./") ? path.dropFirst(2) : path[...]).unicodeScalars)
        return sequences.contains { $0.matches(scalars) }
    }

    private static func sequences(of text: String) throws(GlobMistake) -> [GlobSequence] {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= longest else { throw .tooLong }
        var sequences: [GlobSequence] = []
        for plain in try BraceExpansion.expand(Array(text.unicodeScalars)) {
            sequences += try GlobSequence.all(of: plain)
        }
        return sequences
    }

    /// Bytes; as long as the longest path Linux takes (PATH_MAX).
    private static let longest = 4096
}

extension GlobPattern: CustomStringConvertible {
    public var description: String { text }
}

extension [GlobPattern] {
    /// Whether any of the patterns names this path.
    public func matches(_ path: String) -> Bool { contains { $0.matches(path) } }
}

/// What is wrong with a pattern.
enum GlobMistake: Error {
    case empty, tooLong, absolute, leaves, openSet, openBrace, openEscape, tooMany
    case emptyRange(Unicode.Scalar, Unicode.Scalar)

    /// The end of a sentence that begins with the pattern.
    var words: String {
        switch self {
        case .empty: "is empty."
        case .tooLong: "is longer than 4096 bytes."
        case .absolute: "is absolute; write it relative to the workspace."
        case .leaves: "leaves the workspace: '..' cannot stand in a pattern."
        case .openSet: "has a '[' without its ']'; write '\\[' for the character itself."
        case .openBrace: "has a '{' without its '}'; write '\\{' for the character itself."
        case .openEscape: "ends with a '\\' that has nothing to stand before."
        case .tooMany: "stands for more than \(BraceExpansion.most) patterns."
        case .emptyRange(let low, let high): "has the range '\(low)-\(high)', which is empty."
        }
    }
}
