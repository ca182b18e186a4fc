import FoundationEssentials
import Glibc
import PipelineKit
import Synchronization

/// The program that makes sandboxes without being root: bwrap(1).
struct Bubblewrap: Sendable {
    /// Absolute path.
    let program: String
    /// Whether it can keep commands from making namespaces of their own; since 0.8.0.
    private let disablesNamespaces: Bool

    /// - Throws: ``Failure/Kind/missing`` with what to install, ``Failure/Kind/unavailable`` when it does not start.
    static func found() throws(Failure) -> Bubblewrap {
        guard let program = Programs.find("bwrap") else {
            throw Failure(.missing, "Commands cannot be confined without bubblewrap: apt-get install bubblewrap")
        }
        return try known.withLock { known throws(Failure) in
            if let known, known.program == program { return known }
            let made = Bubblewrap(program: program, disablesNamespaces: try version(of: program) >= (0, 8))
            known = made
            return made
        }
    }

    private static let known = Mutex<Bubblewrap?>(nil)

    /// `bubblewrap 0.8.0` as its numbers.
    private static func version(of program: String) throws(Failure) -> (Int, Int) {
        let said = try finish(Command(program, ["--version"], in: "/", timeout: .seconds(10)))
        let numbers = said.output.text.split { !$0.isNumber }.compactMap { Int($0) }
        guard said.status == 0, numbers.count >= 2 else { throw failure(said) }
        return (numbers[0], numbers[1])
    }

    /// Makes a room, on a thread that may block.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` with what bubblewrap said when the system forbids it.
    func room(for confinement: Confinement) throws(Failure) -> Room {
        let words = RoomWords(confinement, disablesNamespaces: disablesNamespaces).words
        let limit = OutputLimit(head: 8_000, tail: 0)
        let command = Command(program, words, in: "/", timeout: .seconds(20), grace: .zero, limit: limit)
        let entrance = Entrance(confinement)
        let finished = try Self.finish(command) { entrance.hear($0, $1) }
        guard let room = entrance.room else { throw Self.failure(finished) }
        return try room.get()
    }

    /// What stands in the room when it is complete: it says so, and waits to be ended.
    ///
    /// On standard error, where bubblewrap says what is wrong: it closes the descriptor that it tells the process on.
    static let occupant = ["/bin/sh", "-c", "echo ready >&2; exec sleep 20"]

    /// Runs a command on this thread.
    ///
    /// - Parameter read: Takes pieces of what it prints; `false` has it ended.
    private static func finish(
        _ command: Command,
        reading read: @escaping @Sendable (String, Stream) -> Bool = { _, _ in true }
    ) throws(Failure) -> Finished {
        let ending = Ending(grace: command.grace)
        let readers = StreamReaders(
            output: { if !read($0, .output) { ending.expire() } },
            errors: { if !read($0, .errors) { ending.expire() } }
        )
        switch try Execution.start(command, ending, readers).finish() {
        case .finished(let finished): return finished
        case .timedOut(let finished): throw finished.timeout(of: command)
        }
    }

    private static func failure(_ said: Finished) -> Failure {
        let words = said.errors.text.trimmed
        let sentence = "bubblewrap cannot make a sandbox on this machine: \(words.isEmpty ? "it said nothing" : words)."
        let isForbidden = !words.contains("Can't find source path")
        return Failure(.unavailable, isForbidden ? "\(sentence) \(advice)" : sentence)
    }

    /// The settings that keep it from working, on the systems that have them.
    private static var advice: String {
        let switches = [
            ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
            (
                "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
                "sysctl kernel.apparmor_restrict_unprivileged_userns=0"
            ),
            ("/proc/sys/user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=10000"),
        ]
        let found = switches.first { path, forbidding, _ in
            (try? String(contentsOfFile: path, encoding: .utf8))?.trimmed == forbidding
        }
        if let found { return "The system forbids user namespaces. Allow them: \(found.2)" }
        return "In a container, it needs to be allowed to make user namespaces."
    }
}

/// Which of its two streams a program wrote to.
private enum Stream {
    case output
    case errors
}

/// Opens a room as soon as it stands.
private final class Entrance: Sendable {
    private struct State {
        /// Where bubblewrap tells which process stands in the room.
        var told = ""
        var errors = ""
        var room: Result<Room, Failure>?
    }

    private let state = Mutex(State())
    private let confinement: Confinement

    init(_ confinement: Confinement) { self.confinement = confinement }

    /// `nil` as long as it does not stand.
    var room: Result<Room, Failure>? { state.withLock { $0.room } }

    /// - Returns: whether there is more to hear: not when somebody of our own stands in the room.
    func hear(_ piece: String, _ stream: Stream) -> Bool {
        state.withLock { state in
            switch stream {
            case .output: state.told += piece
            case .errors: state.errors += piece
            }
            guard state.errors.hasSuffix("ready\n"), let process = Self.process(in: state.told) else { return true }
            state.room = Result { () throws(Failure) in
                try Room(Namespaces(of: process, sharingNetwork: confinement.network == .all), for: confinement)
            }
            return false
        }
    }

    private static func process(in text: String) -> pid_t? {
        let told = try? JSONValue(parsing: Array(text.utf8))
        return told?["child-pid"]?.integer.flatMap { pid_t(exactly: $0) }
    }
}
