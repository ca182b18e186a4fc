@preconcurrency import Dispatch
import Glibc
import PipelineKit
import Synchronization

/// Writes lines to a file or to standard error, on a queue of its own: whoever logs waits for nobody that reads.
///
/// Lines that find too many before them are counted and left out, and the next line that finds room says how many.
final class LogWriter: Sendable {
    private struct Waiting {
        var bytes: [UInt8] = []
        var leftOut = 0
        var isScheduled = false
    }

    /// Bytes that wait to be written.
    private static let most = 1 << 20

    private let file: Int32
    private let queue = DispatchQueue(label: "log")
    private let waiting = Mutex(Waiting())

    /// - Parameter path: `-` for standard error.
    /// - Throws: when the file cannot be written.
    init(_ path: String) throws(CommandError) {
        file = path == "-" ? STDERR_FILENO : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw .usage("Option '--log': '\(path)' cannot be written: \(String(cString: strerror(errno))).")
        }
    }

    /// - Parameter line: With its line feed.
    func write(_ line: [UInt8]) {
        let isFirst = waiting.withLock { waiting in
            guard waiting.bytes.count + line.count <= Self.most else {
                waiting.leftOut += 1
                return false
            }
            waiting.bytes += line
            defer { waiting.isScheduled = true }
            return !waiting.isScheduled
        }
        if isFirst { queue.async { [self] in drain() } }
    }

    func write(_ members: [String: JSONValue]) { write(JSONValue.object(members).encoded() + [UInt8(ascii: "\n")]) }

    /// Waits until everything is written.
    func finish() { queue.sync { drain() } }

    private func drain() {
        while true {
            let bytes = waiting.withLock { waiting -> [UInt8] in
                var bytes = waiting.bytes
                if waiting.leftOut > 0 { bytes += Array("{\"log_lines_left_out\":\(waiting.leftOut)}\n".utf8) }
                waiting = Waiting(isScheduled: !bytes.isEmpty)
                return bytes
            }
            guard !bytes.isEmpty else { return }
            put(bytes[...])
        }
    }

    private func put(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }  // a full disk must not end the server
            rest = rest.dropFirst(count)
        }
    }
}
