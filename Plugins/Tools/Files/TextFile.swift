import PipelineKit
import WorkspaceKit

/// A file as lines, each with its line break as it is in the file.
struct TextFile {
    /// - Throws: ``Failure/Kind/invalidInput`` for bytes that are no UTF-8.
    static func text(_ bytes: [UInt8], of path: String) throws(Failure) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        throw Failure(.invalidInput, "'\(path)' is no UTF-8 text; it has \(bytes.count) bytes.")
    }

    static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(bytes[start...end])
            start = end + 1
        }
        return start < bytes.endIndex ? lines + [bytes[start...]] : lines
    }
}
