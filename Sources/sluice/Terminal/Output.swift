import FoundationEssentials
import Glibc
import Synchronization

/// Standard output and standard error, a line at a time.
///
/// Text from a model, a tool or a file may hold control characters that would move the cursor or recolour the
/// terminal; they are shown, not obeyed.
enum Output {
    private static let buffer = Mutex<[UInt8]>([])

    /// Writes one or more whole lines to standard output.
    static func line(_ text: String) {
        buffer.withLock { buffer in
            buffer += Array(text.utf8) + [10]
            if buffer.count > 60_000 || isTerminal { write(&buffer) }
        }
    }

    static func raw(_ bytes: [UInt8]) {
        buffer.withLock { buffer in
            buffer += bytes
            write(&buffer)
        }
    }

    static func error(_ text: String) {
        flush()
        var bytes = Array("\(text)\n".utf8)
        write(&bytes, to: STDERR_FILENO)
    }

    /// Writes the beginning of a line to standard error, for a person who goes on with it.
    static func prompt(_ text: String) {
        flush()
        var bytes = Array(text.utf8)
        write(&bytes, to: STDERR_FILENO)
    }

    static func flush() { buffer.withLock { write(&$0) } }

    static let isTerminal = isatty(STDOUT_FILENO) == 1

    /// Whether somebody is there to be asked.
    static let canAsk = isTerminal && isatty(STDIN_FILENO) == 1

    static let hasColor = isTerminal && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    /// Columns of the terminal; 100 elsewhere.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
        return Int(size.ws_col)
    }

    private static func write(_ bytes: inout [UInt8], to descriptor: Int32 = STDOUT_FILENO) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // A reader that went away (`| head`) wants no more, and that is no mistake of ours.
            guard count > 0 || (count < 0 && errno == EINTR) else { break }
            if count > 0 { rest = rest.dropFirst(count) }
        }
        bytes.removeAll(keepingCapacity: true)
    }
}

/// A few colours, and none where they are not wanted.
enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    func callAsFunction(_ text: String) -> String {
        Output.hasColor ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
    }
}

extension String {
    /// The text with control characters made visible, for a terminal that must not obey them.
    var harmless: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.value {
            case 10, 9: text.unicodeScalars.append(scalar)
            case 0..<32, 127..<160: text += "\\u{\(String(scalar.value, radix: 16))}"
            // Marks that turn the direction of text can make a command look like another one.
            case 0x202A...0x202E, 0x2066...0x2069: text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The text on one line of at most so many characters.
    func fitted(to width: Int) -> String {
        let flat = harmless.split(whereSeparator: \.isNewline).joined(separator: " ").replacing("\t", with: " ")
        return flat.count <= width ? flat : flat.prefix(max(1, width - 1)) + "…"
    }
}
