import PipelineKit

/// How a follower behaves.
enum Manner: String, CaseIterable {
    case healthy
    /// Reads nothing behind the handshake before it is told to.
    case silent
    /// Leaves by a reset after some events, or after some time, and comes back with what it has, again and again.
    case restless
}

/// What a follower follows a run by.
enum Form: String, CaseIterable {
    /// `/api/v1/runs/ID/socket`
    case socket
    /// `/api/v1/runs/ID/stream`
    case events
    /// `/api/ws/ID` of retrAI, where an event may be several messages, or none.
    case retrai
}

/// Followers that do the same: `restless:events:3`.
struct Group {
    var manner: Manner
    var form: Form
    var count: Int

    var name: String { "\(manner.rawValue):\(form.rawValue)" }

    init(_ word: String) throws(Failure) {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let count = Int(parts[2]), count > 0 else {
            throw Failure(
                .invalidInput,
                "A group is written MANNER:FORM:COUNT, as in 'healthy:socket:20', and not '\(word)'."
            )
        }
        manner = try Self.named(parts[0], "manner")
        form = try Self.named(parts[1], "form")
        self.count = count
    }

    private static func named<Value: RawRepresentable<String> & CaseIterable>(
        _ word: String,
        _ kind: String
    ) throws(Failure) -> Value {
        if let value = Value(rawValue: word) { return value }
        let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(.invalidInput, "Unknown \(kind) '\(word)'; there are \(known).")
    }
}

/// What the program is asked to do.
///
///     Followers --port PORT --run RUN [--seconds 60] [--leave-after 113 | --leave-each 1000] [--buffer 4096]
///         MANNER:FORM:COUNT...
struct Order {
    /// Of a server on this machine.
    private(set) var port = 0
    private(set) var run = ""
    /// After which it ends in any case.
    private(set) var seconds = 60
    /// Messages that a restless follower takes before it leaves; it takes all of an event then.
    private(set) var most = 113
    /// Milliseconds after which it leaves whatever it has taken.
    private(set) var stay = Int.max
    /// Bytes that the system keeps for a silent follower.
    private(set) var buffer = 4096
    private(set) var groups: [Group] = []

    init(_ words: some Sequence<String>) throws(Failure) {
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "--port": port = try Self.number(words.next(), of: word, in: 1...65535)
            case "--run": run = words.next() ?? ""
            case "--seconds": seconds = try Self.number(words.next(), of: word, in: 1...3600)
            case "--leave-after": most = try Self.number(words.next(), of: word, in: 1...1_000_000)
            case "--leave-each":
                stay = try Self.number(words.next(), of: word, in: 1...1_000_000)
                most = .max
            case "--buffer": buffer = try Self.number(words.next(), of: word, in: 1...(1 << 30))
            case _ where word.hasPrefix("-"): throw Failure(.invalidInput, "Unknown option '\(word)'.")
            default:
                let group = try Group(word)
                guard !groups.contains(where: { $0.name == group.name }) else {
                    throw Failure(.invalidInput, "The group '\(group.name)' stands there twice.")
                }
                groups.append(group)
            }
        }
        guard port > 0 else { throw Failure(.invalidInput, "Say with '--port' where the server listens.") }
        guard !run.isEmpty else { throw Failure(.invalidInput, "Say with '--run' what is followed.") }
        guard !groups.isEmpty else { throw Failure(.invalidInput, "Say who follows, as in 'healthy:socket:20'.") }
    }

    private static func number(
        _ word: String?,
        of option: String,
        in range: ClosedRange<Int>
    ) throws(Failure) -> Int {
        if let number = word.flatMap({ Int($0) }), range.contains(number) { return number }
        let found = word.map { "'\($0)'" } ?? "nothing"
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        throw Failure(.invalidInput, "'\(option)' is followed by \(expected), and not by \(found).")
    }
}
