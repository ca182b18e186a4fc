/// Starts the programs of hooks, outside of whatever confines tools.
public protocol HookRunner: Sendable {
    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - words: The program and its arguments.
    ///   - directory: Absolute path of the directory it runs in.
    ///   - input: What it reads on standard input.
    /// - Throws: ``Failure`` when it could not be started, printed more than ``HookEnd/mostBytes``, or the task was
    ///   cancelled (``Failure/Kind/cancelled``).
    func run(_ words: [String], in directory: String, input: [UInt8], timeout: Duration) async throws(Failure)
        -> HookEnd
}

/// How the program of a hook ended.
public enum HookEnd: Sendable, Hashable {
    case ended(status: Int, output: String, errors: String)
    case timedOut

    /// The most that a hook may print, on each of its two streams.
    public static let mostBytes = 65_536
}
