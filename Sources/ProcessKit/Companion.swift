import CLinux
import Glibc
public import PipelineKit
import Synchronization

/// A program that stays and is spoken with through its standard input and output: a server, a helper.
///
/// It is supervised as every command is, and ends with this object, with all that it started. One may write to it while
/// another reads; two that write, or two that read, agree among themselves.
public final class Companion: Sendable {
    private let command: Command
    /// A socket, which is written to without a signal when nobody reads it any more.
    private let input: Descriptor
    private let output: Descriptor
    private let ending: Ending
    private let errors: ErrorTail
    private let over: Announcement<Result<Outcome, Failure>>

    private init(
        _ command: Command,
        _ input: consuming Descriptor,
        _ output: consuming Descriptor,
        _ parts: (ending: Ending, errors: ErrorTail, over: Announcement<Result<Outcome, Failure>>)
    ) {
        self.command = command
        self.input = input
        self.output = output
        (ending, errors, over) = parts
    }

    deinit { end() }

    /// Starts a program.
    ///
    /// - Parameter command: Its ``Command/timeout`` is how long the program may live; its ``Command/input``,
    ///   ``Command/silence`` and ``Command/output`` are not looked at.
    /// - Throws: as ``run(_:progress:)`` before it starts a command. A program that is not there is told by ``wait()``.
    public static func start(_ command: Command) async throws(Failure) -> Companion {
        let started = await withCheckedContinuation { continuation in
            do throws(Failure) {
                try BlockingThread.start { live(command) { continuation.resume(returning: $0) } }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try started.get()
    }

    /// Starts a program and watches over it until nothing of it is left, on a thread that may block.
    private static func live(_ command: Command, _ started: (Result<Companion, Failure>) -> Void) {
        var command = command
        (command.input, command.silence, command.output) = ([], nil, .separate)
        let errors = ErrorTail()
        let parts = (Ending(grace: command.grace), errors, Announcement<Result<Outcome, Failure>>())
        do throws(Failure) {
            let input = try Descriptor.streamPair()
            let output = try Descriptor.pipe()
            let execution = try Execution.start(
                command,
                parts.0,
                StreamReaders(output: { _ in }, errors: errors.append),
                lending: (input: input.second.number, output: output.second.number)
            )
            started(.success(Companion(command, input.takeFirst(), output.takeFirst(), parts)))
            do throws(Failure) { parts.2.make(.success(try execution.finish())) } catch {
                parts.2.make(.failure(error))
            }
        } catch {
            started(.failure(error))
        }
    }

    /// Writes all of these bytes.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when the program reads no more, ``Failure/Kind/timedOut`` when it has not
    ///   taken them in time.
    public func write(_ bytes: [UInt8], within patience: Duration) throws(Failure) {
        let deadline = ContinuousClock.now + patience
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try offer(rest, within: max(.zero, ContinuousClock.now.duration(to: deadline)))
            guard count > 0 else { throw Failure(.timedOut, "'\(command)' read nothing for \(patience.written).") }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes as many of these bytes as are taken at once, waiting for the first of them to be.
    ///
    /// - Returns: how many; 0 when none were taken in time.
    /// - Throws: ``Failure/Kind/unavailable`` when the program reads no more.
    public func offer(_ bytes: ArraySlice<UInt8>, within patience: Duration) throws(Failure) -> Int {
        let deadline = ContinuousClock.now + patience
        while true {
            let count = bytes.withUnsafeBytes { send(input.number, $0.baseAddress, $0.count, Self.sending) }
            if count >= 0 { return count }
            switch errno {
            case EAGAIN: guard patience > .zero, isReady(input, POLLOUT, until: deadline) else { return 0 }
            case EINTR: continue
            default: throw Failure(.unavailable, "'\(command)' does not read any more.")
            }
        }
    }

    /// Reads what the program says, waiting until it says something.
    ///
    /// - Parameter isAwake: Whether it is waited for without sleep at first, as it is likely to come at once.
    /// - Returns: no bytes once it says nothing more.
    /// - Throws: ``Failure/Kind/timedOut`` when it said nothing in time.
    public func read(within patience: Duration, isAwake: Bool = false) throws(Failure) -> [UInt8] {
        let deadline = ContinuousClock.now + patience
        if isAwake { Vigil.keep(over: output.number) }
        while true {
            guard isReady(output, POLLIN, until: deadline) else {
                throw Failure(.timedOut, "'\(command)' said nothing for \(patience.written).")
            }
            var failed = false
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.piece) { buffer, count in
                let result = Glibc.read(output.number, buffer.baseAddress, buffer.count)
                failed = result < 0 && (errno == EINTR || errno == EAGAIN)
                count = max(0, result)
            }
            if !failed { return bytes }
        }
    }

    /// Whether something can be written or read before that time.
    private func isReady(_ descriptor: borrowing Descriptor, _ events: Int32, until deadline: ContinuousClock.Instant)
        -> Bool
    {
        while true {
            var entry = pollfd(fd: descriptor.number, events: Int16(events), revents: 0)
            let rest = max(.zero, ContinuousClock.now.duration(to: deadline)) / .milliseconds(1)
            let count = poll(&entry, 1, Int32(clamping: Int(min(rest.rounded(.up), 1e9))))
            if count != 0, count > 0 || errno != EINTR { return true }
            if count == 0 { return false }
        }
    }

    /// Closes its input and asks it to end; what does not within ``Command/grace`` is ended.
    public func end() {
        _ = shutdown(input.number, Int32(SHUT_WR))
        ending.cancel()
    }

    /// The end of what it has written to standard error so far.
    public var errorText: String { errors.text }

    /// Whether nothing of it is left.
    public var isOver: Bool { over.value != nil }

    /// Waits until nothing of it is left.
    ///
    /// - Throws: ``Failure/Kind/missing`` when the program was not there, and what else ``run(_:progress:)`` throws.
    public func wait() async throws(Failure) -> Outcome { try await over.wait().get() }

    /// What is read at once, at most.
    private static let piece = 1 << 16
    private static let sending = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
}

/// The end of what a program writes to standard error.
private final class ErrorTail: Sendable {
    /// Bytes.
    private static let most = 8_000
    private let kept = Mutex("")

    var text: String { kept.withLock(\.self) }

    @Sendable func append(_ piece: String) {
        kept.withLock { kept in
            kept += piece
            if kept.utf8.count > 2 * Self.most { kept = String(decoding: kept.utf8.suffix(Self.most), as: UTF8.self) }
        }
    }
}
