import Glibc
import PipelineKit

/// A secret as it is given to a command: typed at a terminal that does not show it, or written to standard input.
enum SecretInput {
    /// No secret is longer; what is read beyond it is refused with the secret.
    private static let mostBytes = 64 << 10

    /// - Parameter prompt: What a person at a terminal is asked.
    /// - Throws: ``CommandError`` when nothing came; the secret is in no sentence.
    static func read(_ prompt: String) throws(CommandError) -> String {
        let isTyped = isatty(STDIN_FILENO) == 1
        let bytes = isTyped ? typed(prompt) : piped()
        guard let bytes, let text = String(validating: bytes, as: UTF8.self)?.trimmed, !text.isEmpty else {
            let way = isTyped ? "" : " Write it there: printf %s \"$KEY\" | sluice key set NAME"
            throw .usage("No key came from \(isTyped ? "the terminal" : "standard input").\(way)")
        }
        return text
    }

    /// One line, with the terminal's echo turned off; `nil` when it was ended without one.
    private static func typed(_ prompt: String) -> [UInt8]? {
        var usual = termios()
        guard tcgetattr(STDIN_FILENO, &usual) == 0 else { return nil }
        var silent = usual
        // The line feed is shown. Without signals Ctrl-C is a character, and cannot leave the terminal silent.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        silent.c_lflag |= tcflag_t(ECHONL | ICANON)
        // What was typed before the echo was off is not taken.
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { return nil }
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual) }
        Output.prompt(prompt)
        var line = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(STDIN_FILENO, &line, line.count)
        guard count > 0, !line[..<count].contains(3) else { return nil }
        return Array(line[..<count])
    }

    private static func piped() -> [UInt8]? {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while all.count <= mostBytes {
            let count = Glibc.read(STDIN_FILENO, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            all += piece[..<count]
        }
        return all
    }
}
