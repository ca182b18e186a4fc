import Glibc
import PipelineKit

/// Files to search: 20 kB each, of lines as in programs, the same each time.
struct SearchTree {
    /// Of all files together.
    let bytes: Int
    /// Absolute path of a directory that is there.
    let path: String

    /// Stands in every thousandth file, once.
    static let rare = "needle_7_of_haystack"
    private static let size = 20_000
    private static let filesPerDirectory = 200

    var files: Int { max(1, bytes / Self.size) }

    /// - Parameter isStopped: Whether it is not wanted any more.
    /// - Throws: ``Failure`` when the disk does not take them.
    func layOut(unless isStopped: () -> Bool) throws(Failure) {
        let bodies = (0..<16).map(Self.text)
        for number in 0..<files {
            if isStopped() { throw Failure(.cancelled, "The files are not wanted any more.") }
            let directory = "\(path)/part\(number / Self.filesPerDirectory)"
            if number % Self.filesPerDirectory == 0 {
                guard mkdir(directory, 0o700) == 0 else { throw Self.failure(directory) }
            }
            var text = bodies[number % bodies.count]
            if number % 1_000 == 500 % files { text += Array("let found = \(Self.rare)\n".utf8) }
            try Self.write(text, to: "\(directory)/file\(number).swift")
        }
        sync()  // or the disk would still be busy with them while they are searched
    }

    /// - Parameter seed: Texts of different seeds differ.
    private static func text(_ seed: Int) -> [UInt8] {
        var (text, number): ([UInt8], UInt32) = ([], UInt32(seed) &* 2_654_435_761)
        text.reserveCapacity(size + 100)
        while text.count < size {
            number = number &* 1_664_525 &+ 1_013_904_223  // Numerical Recipes, section 7.1
            let word = words[Int(number >> 16) % words.count]
            // Every hundredth line is one that common searches find.
            switch number >> 24 {
            case 0...2: text += Array("    let \(word) = compute\(number % 90)(\(number % 1_000))\n".utf8)
            case 3...5: text += Array("    return \(word) + \(number % 1_000)\n".utf8)
            default: text += Array("    // \(word) follows \(words[Int(number % 7)]) in step \(number % 10_000)\n".utf8)
            }
        }
        return text
    }

    private static let words = ["alpha", "binary", "carrier", "delta", "engine", "folder", "gather", "handle"]

    private static func write(_ bytes: [UInt8], to file: String) throws(Failure) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(file) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw failure(file) }
            rest = rest.dropFirst(max(0, count))
        }
    }

    private static func failure(_ file: String) -> Failure {
        Failure(.unavailable, "'\(file)' cannot be written: \(String(cString: strerror(errno))).")
    }
}
