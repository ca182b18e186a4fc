import FoundationEssentials
import PipelineKit

/// Where a person wants to have a text: in a file, or on standard output for `-`.
enum OutputFile {
    /// Writes it, all or nothing.
    ///
    /// - Parameter subject: What it is, for messages: `The patch`.
    static func write(_ text: String, to path: String, _ subject: String) throws(CommandError) {
        guard path != "-" else { return Output.raw(Array(text.utf8)) }
        do {
            try Data(text.utf8).write(to: URL(filePath: absolute(path)), options: .atomic)
        } catch {
            throw .usage("\(subject) cannot be written to '\(path)': \(error.systemWords).")
        }
    }
}
