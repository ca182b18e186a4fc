import FoundationEssentials
public import PipelineKit
import Synchronization

/// Runs a command until it ends by itself, and ends what it left in the background.
///
/// Cancelling the task asks the command to end, at once, and then ends it.
/// - Parameter progress: Takes output as it comes, both streams, on a thread of the command's own.
/// - Throws: ``Failure/Kind/missing`` when the program or the directory does not exist, ``Failure/Kind/invalidInput``
///   when no program can be given these words, ``Failure/Kind/timedOut`` when the time was up (the message holds the end
///   of the output; ``outcome(of:progress:)`` returns all of it), ``Failure/Kind/cancelled``, ``Failure/Kind/unavailable``
///   when the system has no process or descriptor to spare. An exit status other than 0 is not an error.
public func run(
    _ command: Command,
    progress: @escaping @Sendable (String) -> Void = { _ in }
) async throws(Failure) -> Finished {
    switch try await outcome(of: command, progress: progress) {
    case .finished(let finished): return finished
    case .timedOut(let finished): throw finished.timeout(of: command)
    }
}

/// Runs a command until it ends or its time is up, whichever comes first; otherwise as ``run(_:progress:)``.
public func outcome(
    of command: Command,
    progress: @escaping @Sendable (String) -> Void = { _ in }
) async throws(Failure) -> Outcome {
    let ending = Ending(grace: command.grace)
    return try await outcome(of: command, ending, StreamReaders(output: progress, errors: progress))
}

/// Runs a command whose standard output is read as it comes; otherwise as ``outcome(of:progress:)``.
///
/// - Parameter read: Takes standard output piece by piece, on a thread of the command's own; `false` has the command ended
///   as when its time is up, and nothing more is read.
public func outcome(
    of command: Command,
    reading read: @escaping @Sendable (String) -> Bool
) async throws(Failure) -> Outcome {
    let ending = Ending(grace: command.grace)
    let isOver = Mutex(false)
    let readers = StreamReaders(output: { piece in
        guard !isOver.withLock(\.self), !read(piece) else { return }
        isOver.withLock { $0 = true }
        ending.expire()
    })
    return try await outcome(of: command, ending, readers)
}

/// Runs a command whose two streams are read as they come, each by its own; otherwise as ``outcome(of:progress:)``.
public func outcome(
    of command: Command,
    output: @escaping @Sendable (String) -> Void,
    errors: @escaping @Sendable (String) -> Void
) async throws(Failure) -> Outcome {
    try await outcome(of: command, Ending(grace: command.grace), StreamReaders(output: output, errors: errors))
}

/// What takes the two streams of a command as they come.
struct StreamReaders: Sendable {
    var output: @Sendable (String) -> Void
    var errors: @Sendable (String) -> Void = { _ in }
}

private func outcome(
    of command: Command,
    _ ending: Ending,
    _ readers: StreamReaders
) async throws(Failure) -> Outcome {
    // A command is a process or more; a thread beside it costs little, and may block.
    try await BlockingThread.run { () throws(Failure) in
        guard !ending.isCancelled else {
            throw Failure(.cancelled, "'\(command)' was not started because the work was cancelled.")
        }
        return try Execution.start(command, ending, readers).finish()
    } onCancel: {
        ending.cancel()
    }
}

extension Finished {
    /// What a person is told of a command whose time was up: `'make' was still running after 2m and was ended.`
    public func timeout(of command: Command) -> Failure {
        let said = String((output.text + errors.text).suffix(2_000)).trimmed
        let sentence = "'\(command)' was still running after \(command.timeout.written) and was ended."
        return Failure(.timedOut, said.isEmpty ? sentence : "\(sentence) Its output ended with:\n\(said)")
    }
}
