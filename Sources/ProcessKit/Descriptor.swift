import CLinux
import Glibc
import PipelineKit

/// An open file descriptor, closed when it is let go; or none, which is -1 and which poll(2) passes over.
struct Descriptor: ~Copyable {
    let number: Int32

    init(_ number: Int32 = -1) { self.number = number }

    deinit { if number >= 0 { _ = close(number) } }

    /// The two ends of a pipe, both closed on exec.
    static func pipe() throws(Failure) -> Pair {
        try pair("a pipe", sluice_pipe)
    }

    /// The reading and the writing end of a report, both closed on exec.
    static func report() throws(Failure) -> Pair {
        try pair("a socket", sluice_report_pair)
    }

    /// Two connected sockets that keep packets apart, both closed on exec.
    static func socketPair() throws(Failure) -> Pair {
        try pair("a socket", sluice_socket_pair)
    }

    /// Two connected sockets that pass bytes, both closed on exec.
    static func streamPair() throws(Failure) -> Pair {
        try pair("a socket") { numbers in
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            return socketpair(AF_UNIX, kind, 0, numbers) == 0 ? 0 : -errno
        }
    }

    /// /dev/null for reading, and nothing to write to.
    static func null() throws(Failure) -> Pair {
        let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError.failure("open '/dev/null'", errno) }
        return Pair(first: Descriptor(number), second: Descriptor())
    }

    /// Two descriptors that belong together; of a pipe, the first is read and the second is written.
    struct Pair: ~Copyable {
        let first: Descriptor
        let second: Descriptor

        static var none: Pair { Pair(first: Descriptor(), second: Descriptor()) }

        /// Keeps the first and closes the second.
        consuming func takeFirst() -> Descriptor { first }
        /// Keeps the second and closes the first.
        consuming func takeSecond() -> Descriptor { second }
    }

    private static func pair(
        _ what: String,
        _ make: (UnsafeMutablePointer<Int32>) -> Int32
    ) throws(Failure) -> Pair {
        var numbers: [Int32] = [-1, -1]
        let result = numbers.withUnsafeMutableBufferPointer { $0.baseAddress.map(make) ?? -EINVAL }
        guard result >= 0 else { throw SystemError.failure("make \(what)", -result) }
        return Pair(first: Descriptor(numbers[0]), second: Descriptor(numbers[1]))
    }
}

/// What the system says about a call that failed.
enum SystemError {
    static func words(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// `Could not make a pipe: Too many open files.`
    static func failure(_ what: String, _ code: Int32) -> Failure {
        Failure(.unavailable, "Could not \(what): \(words(code)).")
    }
}
