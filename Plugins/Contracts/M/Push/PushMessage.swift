import PipelineEngine
import PipelineKit

/// What people are told of one question.
struct PushMessage: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
        /// Yes or no.
        case approval
        /// An answer of one's own.
        case input
    }

    var run: RunID
    var approval: ApprovalID
    var kind: Kind
    var title: String
    var body: String
    /// How often people were told before: 0, 1 or 2.
    var level: Int
    /// The questions that are open.
    var badge: Int
    /// When somebody else answers it; `nil` for a question that waits.
    var deadline: Instant?

    /// Bytes that a message keeps of a question; whoever answers reads all of it.
    static let longestBody = 2_000

    init(of open: OpenApproval, level: Int, badge: Int) {
        run = open.run
        approval = open.approval.id
        kind = open.approval.asksForWords ? .input : .approval
        title = Self.title(open.pipeline, kind, level)
        body = Self.harmless(open.approval.question).shortened(toBytes: Self.longestBody)
        self.level = level
        self.badge = badge
        deadline = open.approval.deadline
    }

    /// The question among those of all runs.
    var id: String { Question.name(approval, of: run) }

    private static func title(_ pipeline: String, _ kind: Kind, _ level: Int) -> String {
        let name = Printable.text(pipeline).shortened(to: 60)
        return switch (kind, level) {
        case (.approval, 0): "\(name) asks for approval"
        case (.approval, _): "\(name) still waits for approval"
        case (.input, 0): "\(name) asks for an answer"
        case (.input, _): "\(name) still waits for an answer"
        }
    }

    /// A model may have written the question: nothing in it may hide or reorder what is read.
    private static func harmless(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { Printable.text(String($0)) }
            .joined(separator: "\n")
    }
}

/// What became of a message.
enum PushOutcome: Sendable, Hashable {
    case sent
    /// The device is told nothing any more, and is to be taken out.
    case gone
    case failed(Failure, mayRetry: Bool)
}

/// One place where messages arrive: a device, a topic, a program.
protocol PushChannel: Sendable {
    /// `apns`, `ntfy` or `webhook`.
    var name: String { get }
    /// The device behind it; `nil` for a channel that is no device's.
    var device: String? { get }

    /// Sends a message once.
    func send(_ message: PushMessage) async -> PushOutcome
}

extension PushChannel {
    var device: String? { nil }
}

extension String {
    /// The text, or as much of its beginning as fits with an ellipsis; no character is cut.
    func shortened(toBytes most: Int) -> String {
        guard utf8.count > most else { return self }
        let ellipsis = "…"
        var (end, count) = (startIndex, 0)
        while end < endIndex {
            count += self[end].utf8.count
            guard count <= most - ellipsis.utf8.count else { break }
            end = index(after: end)
        }
        return self[..<end] + ellipsis
    }
}
