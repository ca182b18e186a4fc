import LoadKit
import PipelineKit

extension Group {
    /// - Parameter word: `restless:events:3`
    init(_ word: String) throws(Failure) {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let count = Int(parts[2]), count > 0 else {
            throw Failure(
                .invalidInput,
                "A group is written MANNER:FORM:COUNT, as in 'healthy:socket:20', and not '\(word)'."
            )
        }
        self.init(try Self.named(parts[0], "manner"), try Self.named(parts[1], "form"), count)
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
    private(set) var plan = CrowdPlan(port: 0, run: "", groups: [])
    /// After which it ends in any case.
    private(set) var seconds = 60

    init(_ words: some Sequence<String>) throws(Failure) {
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "--port": plan.port = try Self.number(words.next(), of: word, in: 1...65535)
            case "--run": plan.run = words.next() ?? ""
            case "--seconds": seconds = try Self.number(words.next(), of: word, in: 1...3600)
            case "--leave-after": plan.most = try Self.number(words.next(), of: word, in: 1...1_000_000)
            case "--leave-each":
                plan.stay = try Self.number(words.next(), of: word, in: 1...1_000_000)
                plan.most = .max
            case "--buffer": plan.buffer = try Self.number(words.next(), of: word, in: 1...(1 << 30))
            case _ where word.hasPrefix("-"): throw Failure(.invalidInput, "Unknown option '\(word)'.")
            default:
                let group = try Group(word)
                guard !plan.groups.contains(where: { $0.name == group.name }) else {
                    throw Failure(.invalidInput, "The group '\(group.name)' stands there twice.")
                }
                plan.groups.append(group)
            }
        }
        guard plan.port > 0 else { throw Failure(.invalidInput, "Say with '--port' where the server listens.") }
        guard !plan.run.isEmpty else { throw Failure(.invalidInput, "Say with '--run' what is followed.") }
        guard !plan.groups.isEmpty else { throw Failure(.invalidInput, "Say who follows, as in 'healthy:socket:20'.") }
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
