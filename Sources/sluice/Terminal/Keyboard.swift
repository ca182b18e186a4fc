@preconcurrency import Dispatch
import Glibc
import Synchronization

/// Lines as they are typed; waiting for one holds no thread of the engine.
enum Keyboard {
    private static let queue = DispatchQueue(label: "keyboard")

    /// The next line, without its end; `nil` at the end of the input, and once the task is cancelled.
    static func line() async -> String? {
        let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: queue)
        let typed = Typed()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                source.setEventHandler {
                    typed.read()
                    source.cancel()
                }
                // Called once, whoever cancelled the source; one that is cancelled before it is resumed as well.
                source.setCancelHandler { continuation.resume(returning: typed.line) }
                source.resume()
            }
        } onCancel: {
            source.cancel()
        }
    }

    private final class Typed: Sendable {
        private let text = Mutex<String?>(nil)

        var line: String? { text.withLock(\.self) }

        /// Reads once: a terminal hands out a line at a time, of at most 4095 bytes (termios(3), canonical mode).
        func read() {
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
            guard count > 0 else { return }
            text.withLock { $0 = String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self) }
        }
    }
}
