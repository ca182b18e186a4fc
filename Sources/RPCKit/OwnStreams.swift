import Glibc
public import PipelineKit

/// The standard input and output of this process, for whoever started it.
public struct OwnStreams: RPCChannel {
    private let input: Int32
    private let output: Int32

    public init() { self.init(reading: STDIN_FILENO, writing: STDOUT_FILENO) }

    /// - Parameters:
    ///   - input: A descriptor that somebody else closes, as is `output`.
    public init(reading input: Int32, writing output: Int32) {
        self.input = input
        self.output = output
    }

    public func read() throws(Failure) -> [UInt8] {
        while true {
            var code: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let result = Glibc.read(input, buffer.baseAddress, buffer.count)
                code = result < 0 ? errno : 0
                count = max(0, result)
            }
            switch code {
            case 0: return bytes
            case EINTR: continue
            case EAGAIN: _ = isReady(input, POLLIN, within: 1_000_000)
            default: throw Failure(.unavailable, "Standard input cannot be read: \(String(cString: strerror(code))).")
            }
        }
    }

    /// Pieces that a pipe takes whole when it takes anything (PIPE_BUF, pipe(7)), as the stream may be another's too and is
    /// not made one that never blocks.
    public func write(_ bytes: ArraySlice<UInt8>, within patience: Duration) throws(Failure) -> Int {
        guard isReady(output, POLLOUT, within: Int32(clamping: Int((patience / .milliseconds(1)).rounded(.up)))) else {
            return 0
        }
        let piece = bytes.prefix(4_096)
        let count = piece.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        guard errno == EAGAIN || errno == EINTR else {
            throw Failure(.unavailable, "Standard output is read by nobody any more.")
        }
        return 0
    }

    /// Nothing: the streams are the process's, and end with it.
    public func close() {}

    public func lastWords() async -> String? { nil }

    private func isReady(_ descriptor: Int32, _ events: Int32, within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }
}
