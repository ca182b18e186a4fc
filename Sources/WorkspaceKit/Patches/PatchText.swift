package import PipelineKit

/// The text of a patch, line by line, in either form.
package struct PatchText {
    private let lines: [ArraySlice<UInt8>]

    /// - Throws: ``Failure/Kind/invalidInput`` for one that is too large.
    package init(_ text: String) throws(Failure) {
        guard text.utf8.count <= Self.limit else {
            throw Failure(
                .invalidInput,
                "The patch has \(text.utf8.count) bytes; at most \(Self.limit) are taken at once."
            )
        }
        lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    /// Bytes.
    private static let limit = 2_000_000

    /// - Throws: ``Failure/Kind/invalidInput`` with the line of the patch.
    package func patches() throws(Failure) -> [FilePatch] {
        let patches: [FilePatch]
        if let begin = lines.firstIndex(where: { $0.trimmed.elementsEqual("*** Begin Patch".utf8) }) {
            var reader = MarkedPatch(lines, from: begin + 1)
            patches = try reader.patches()
        } else {
            var reader = UnifiedDiff(lines)
            patches = try reader.patches()
        }
        guard !patches.isEmpty else {
            throw Failure(
                .invalidInput,
                "The patch changes no file. Write a unified diff with '--- a/FILE', '+++ b/FILE' and '@@', or begin with "
                    + "'*** Begin Patch'."
            )
        }
        return patches
    }

    /// A failure that says where the patch cannot be read.
    ///
    /// - Parameter index: Of the line, counted from 0.
    package static func failure(_ index: Int, _ words: String) -> Failure {
        Failure(.invalidInput, "The patch cannot be read at its line \(index + 1): \(words) Nothing was changed.")
    }
}
