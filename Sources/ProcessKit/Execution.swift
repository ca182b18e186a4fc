import CLinux
import Glibc
import PipelineKit

/// One command, from its start to the end of all it started, on a thread that may block.
struct Execution: ~Copyable {
    private let command: Command
    private let launch: Launch
    private let ending: Ending
    private let control: Descriptor
    private let keeper: Keeper
    private let started = ContinuousClock.now
    private var output: OutputStream
    private var errors: OutputStream
    private var report: OutputStream
    private var input: InputStream
    private var isTimedOut = false
    private var wasSilent = false
    /// When something came on standard output; `nil` before that.
    private var lastOutput: ContinuousClock.Instant?
    private var reports = Reports()

    /// Starts the command.
    ///
    /// - Parameter lent: What become its standard input and output, where somebody else holds the other ends.
    static func start(
        _ command: Command,
        _ ending: Ending,
        _ readers: StreamReaders,
        lending lent: (input: Int32, output: Int32)? = nil
    ) throws(Failure) -> Execution {
        let launch = try Launch(command)
        let control = try Descriptor.socketPair()
        let output = lent == nil ? try Descriptor.pipe() : .none
        let errors = command.output == .separate ? try Descriptor.pipe() : .none
        let report = command.report == nil ? .none : try Descriptor.report()
        let input = lent != nil ? .none : command.input.isEmpty ? try Descriptor.null() : try Descriptor.pipe()
        let keeper = try launch.start(
            (
                input: lent?.input ?? input.first.number,
                output: lent?.output ?? output.second.number,
                errors: command.output == .separate ? errors.second.number : output.second.number,
                report: report.second.number,
                control: control.second.number
            )
        )
        return Execution(
            command: command,
            launch: launch,
            ending: ending,
            control: control.takeFirst(),
            keeper: keeper,
            output: OutputStream(output.takeFirst(), command.limit, readers.output),
            errors: OutputStream(errors.takeFirst(), command.limit, readers.errors),
            report: OutputStream(report.takeFirst(), OutputLimit(head: command.report ?? 0, tail: 0)),
            input: InputStream(input.takeSecond(), command.input)
        )
    }

    /// Reads, writes and waits until nothing of the command is left.
    consuming func finish() throws(Failure) -> Outcome {
        ending.attach(control)
        watch()
        ending.detach()
        if case .supervisor(let supervisor) = keeper {
            if reports.isLost { _ = sluice_end_session(supervisor) }
            _ = waitpid(supervisor, nil, 0)
            if reports.survivors == 0 { launch.forget() }
        }
        return try outcome()
    }

    private mutating func watch() {
        sluice_block_sigpipe()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while !reports.areOver {
            var ready = [control.number, output.number, errors.number, report.number].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            ready.append(pollfd(fd: input.number, events: Int16(POLLOUT), revents: 0))
            _ = poll(&ready, nfds_t(ready.count), patience)
            if ready[1].revents != 0, output.read(into: buffer) > 0 { lastOutput = .now }
            if ready[2].revents != 0 { _ = errors.read(into: buffer) }
            if ready[3].revents != 0 { _ = report.read(into: buffer) }
            if ready[4].revents != 0 { input.write() }
            if ready[0].revents != 0 { reports.receive(control) }
            expire()  // also while it prints without a pause
        }
        output.drain(into: buffer)
        errors.drain(into: buffer)
        report.drain(into: buffer)
    }

    /// Milliseconds until the command's time is up; -1 for ever, once that is settled.
    private var patience: Int32 {
        guard !isTimedOut, reports.status == nil else { return -1 }
        let end = min(started + command.timeout, silenceEnd ?? started + command.timeout)
        let rest = ContinuousClock.now.duration(to: end) / .milliseconds(1)
        return Int32(clamping: Int(min(max(0, rest.rounded(.up)), 1e9)))
    }

    /// When the command has been silent for too long; `nil` when it may be.
    private var silenceEnd: ContinuousClock.Instant? {
        command.silence.map { silence in lastOutput.map { $0 + silence.between } ?? started + silence.first }
    }

    private mutating func expire() {
        guard !isTimedOut, patience == 0 else { return }
        isTimedOut = true
        wasSilent = started + command.timeout > .now
        ending.expire()
    }

    private func outcome() throws(Failure) -> Outcome {
        if let (kind, code) = reports.failure { throw launch.failure(kind, code) }
        guard let status = reports.status, let elapsed = reports.elapsed else {
            throw Failure(.unavailable, "'\(command)' was lost: the process that watches over it was killed.")
        }
        guard !ending.isCancelled else {
            throw Failure(.cancelled, "'\(command)' was ended because the work was cancelled.")
        }
        let finished = Finished(
            output: output.capped,
            errors: errors.capped,
            report: report.capped,
            status: status,
            elapsed: elapsed,
            processorTime: reports.processorTime,
            survivors: reports.survivors,
            wasSilent: wasSilent,
            memoryUsed: reports.memoryUsed
        )
        return isTimedOut ? .timedOut(finished) : .finished(finished)
    }
}

/// What a supervisor has said so far.
private struct Reports {
    private(set) var areOver = false
    private(set) var failure: (kind: Int, code: Int32)?
    /// The exit status, or 128 plus a signal.
    private(set) var status: Int?
    private(set) var elapsed: Duration?
    private(set) var processorTime = Duration.zero
    private(set) var survivors = 0
    private(set) var memoryUsed: Int?

    /// Whether the supervisor ended without a word.
    var isLost: Bool { areOver && failure == nil && status == nil }

    mutating func receive(_ control: borrowing Descriptor) {
        var report = sluice_report()
        let count = recv(control.number, &report, MemoryLayout<sluice_report>.size, Int32(MSG_DONTWAIT))
        guard count == MemoryLayout<sluice_report>.size else {
            let code = errno
            // A reset is told once, to whoever asked for an end that had just come; its reports are read after that.
            areOver = count >= 0 || ![EAGAIN, EINTR, ECONNRESET].contains(code)
            return
        }
        switch Int(report.kind) {
        case SLUICE_ENDED:
            status = Self.status(report.value)
            elapsed = .microseconds(report.elapsed)
        case SLUICE_USED: processorTime = .microseconds(report.elapsed)
        case SLUICE_LEFT: survivors = max(1, Int(report.value))
        case SLUICE_OVER_MEMORY: memoryUsed = Int(report.value) << 20
        default: failure = (Int(report.kind), report.value)
        }
    }

    /// The lower seven bits are the signal, the next byte the exit status; wait(2).
    private static func status(_ raw: Int32) -> Int {
        let signal = Int(raw & 0x7F)
        return signal == 0 ? Int(raw >> 8) & 0xFF : 128 + signal
    }
}
