import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import MContract
@testable import PipelineEngine

/// People who are told, a store in memory, and a clock that goes on by itself when somebody sleeps.
struct PushTrial: Sendable {
    let clock = EagerClock()
    let asked = Asked()
    let log = Lines()
    let services: Services
    var documents: DocumentService { services.documents }

    init(over store: MemoryStore = MemoryStore()) {
        services = Services(
            EngineParts(
                registry: Registry(),
                store: store,
                documents: store,
                workspaces: PlainWorkspaces(),
                transport: NoTransport(),
                secrets: { _ in nil },
                scratch: "/nowhere",
                version: "test"
            )
        )
    }

    /// A server over the store; one more is a restart, or a second one.
    func desk(
        _ channels: [any PushChannel],
        clock: EngineClock? = nil,
        asking questions: OpenQuestions? = nil
    ) -> PushDesk {
        PushDesk(
            questions ?? asked.questions,
            documents: documents,
            channels: { () async throws(ServiceError) in channels },
            clock: clock ?? self.clock.clock,
            log: { [log] in log.add($0) }
        )
    }

    func records() async throws -> [StoredRecord] { try await documents.all(in: Telling.collection, most: 100) }
}

extension PushDesk {
    /// Does once what it does again and again.
    func look() async throws {
        for message in try await take() { await tell(message) }
    }
}

/// Questions that are open.
final class Asked: Sendable {
    private let open = Mutex<[OpenApproval]>([])
    private static let form: JSONValue = ["type": "object", "properties": ["answer": ["type": "string"]]]

    func ask(
        _ run: String,
        _ approval: String = "a1",
        at moment: Instant,
        form: Bool = false,
        question: String = "May it?"
    ) {
        let row = RunSummary(
            run: RunID(run),
            pipeline: "fix-tests",
            status: .waiting,
            sequence: 1,
            startedAt: moment,
            updatedAt: moment
        )
        let input = form ? Approval.Input(try! InputForm(schema: Self.form)) : nil
        let shown = Digest(of: Array(question.utf8))
        let subject: Approval.Subject = form ? .input("1.1") : .call("1.1")
        let asked = Approval(id: ApprovalID(approval), subject: subject, question: question, shown: shown, input: input)
        open.withLock { $0.append(OpenApproval(row, asked, requestedAt: moment)) }
    }

    /// A question as the row of a run holds it.
    static func row(_ approval: String) -> JSONValue {
        [
            "id": .string(approval), "subject": ["kind": "call", "call": "1.1"], "question": "May it?",
            "shown": .string("\(Digest(of: []))"), "requested_at": "2026-01-01T00:00:00.000Z", "on_deadline": "abort",
        ]
    }

    func answer(_ run: String, _ approval: String = "a1") {
        open.withLock { $0.removeAll { $0.run.value == run && $0.approval.id.value == approval } }
    }

    func isOpen(_ run: RunID, _ approval: ApprovalID) -> Bool {
        open.withLock { $0.contains { $0.run == run && $0.approval.id == approval } }
    }

    var all: [OpenApproval] { open.withLock(\.self) }

    var questions: OpenQuestions {
        OpenQuestions { () async throws(ServiceError) in
            self.all
        } isOpen: { run, approval async throws(ServiceError) in
            self.isOpen(run, approval)
        }
    }
}

/// What a log was given.
final class Lines: Sendable {
    private let lines = Mutex<[JSONValue]>([])
    func add(_ members: [String: JSONValue]) { lines.withLock { $0.append(.object(members)) } }
    var all: [JSONValue] { lines.withLock(\.self) }
}

/// A clock on which nobody waits: whoever sleeps finds that the time has passed.
final class EagerClock: Sendable {
    private let face = Mutex((now: Instant.start, slept: [Duration]()))

    var now: Instant { face.withLock { $0.now } }
    /// How long was slept, each time.
    var slept: [Duration] { face.withLock { $0.slept } }

    func advance(by duration: Duration) { face.withLock { $0.now = $0.now + duration } }

    var clock: EngineClock {
        EngineClock(
            now: { self.now },
            sleep: { moment in
                self.face.withLock { face in
                    face.slept.append(moment - face.now)
                    face.now = max(face.now, moment)
                }
            }
        )
    }
}

/// A channel that keeps what it was sent.
final class KeptChannel: PushChannel {
    let name: String
    let device: String?
    private let kept = Mutex<[PushMessage]>([])
    private let outcome: @Sendable (PushMessage, Int) -> PushOutcome

    /// - Parameter outcome: Of a message, and how many came before it.
    init(
        _ name: String = "kept",
        device: String? = nil,
        _ outcome: @escaping @Sendable (PushMessage, Int) -> PushOutcome = { _, _ in .sent }
    ) {
        self.name = name
        self.device = device
        self.outcome = outcome
    }

    var messages: [PushMessage] { kept.withLock(\.self) }

    func send(_ message: PushMessage) async -> PushOutcome {
        let count = kept.withLock { kept in
            kept.append(message)
            return kept.count - 1
        }
        return outcome(message, count)
    }
}

extension PushOutcome {
    static let later = PushOutcome.failed(
        Failure(.unavailable, "No connection to 'push.test': refused."),
        mayRetry: true
    )
    static let never = PushOutcome.failed(Failure(.invalidInput, "'push.test' answered with 403."), mayRetry: false)
}
