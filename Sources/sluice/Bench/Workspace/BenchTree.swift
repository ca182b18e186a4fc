import FoundationEssentials
import PipelineKit

/// A project of many files: a hundred in a directory, of a few kilobytes each.
struct BenchTree {
    let files: Int
    /// Absolute path of a directory that is not there yet.
    let path: String

    func layOut() throws(Failure) {
        for number in 0..<files {
            if number.isMultiple(of: 100) { try makeDirectory(place(number)) }
            try write(number, "first")
        }
    }

    func write(_ number: Int, _ word: String) throws(Failure) {
        let text =
            "# file \(number), \(word)\n" + String(repeating: "line of text \(number)\n", count: 40 + number % 100)
        try write(text, to: "\(place(number))/file-\(number).txt")
    }

    /// - Parameter file: Absolute path.
    func write(_ text: String, to file: String) throws(Failure) {
        do { try Data(text.utf8).write(to: URL(filePath: file)) } catch {
            throw Failure(.unavailable, "'\(file)' cannot be written: \(error.systemWords).")
        }
    }

    private func place(_ number: Int) -> String { "\(path)/part-\(number / 100)" }

    private func makeDirectory(_ directory: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw Failure(.unavailable, "'\(directory)' cannot be made: \(error.systemWords).")
        }
    }
}
