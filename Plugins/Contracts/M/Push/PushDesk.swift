import PipelineEngine
import PipelineKit
import Synchronization

/// Tells people of open questions: at once, after 15 minutes and after an hour, and not after the answer.
///
/// That a question is told is recorded before anything is sent. So a crash may lose one of the three times, and none is
/// told twice; several servers over one store share the work.
final class PushDesk: Sendable {
    /// How often the store is asked what is open.
    static let interval = Duration.seconds(2)
    /// Questions that are being told at once; more wait.
    static let most = 64

    private let questions: OpenQuestions
    private let documents: DocumentService
    private let channels: @Sendable () async throws(ServiceError) -> [any PushChannel]
    private let clock: EngineClock
    private let log: PushLog
    private let delivery: PushDelivery
    private let underWay = Mutex(0)

    /// - Parameters:
    ///   - channels: Where messages arrive now.
    ///   - log: Takes what could not be told, as the members of a line.
    init(
        _ questions: OpenQuestions,
        documents: DocumentService,
        channels: @escaping @Sendable () async throws(ServiceError) -> [any PushChannel],
        clock: EngineClock,
        log: @escaping @Sendable ([String: JSONValue]) -> Void
    ) {
        self.questions = questions
        self.documents = documents
        self.channels = channels
        self.clock = clock
        self.log = PushLog(now: clock.now, write: log)
        delivery = PushDelivery(questions: questions, documents: documents, clock: clock, log: self.log)
    }

    /// Tells people until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            var isFailing = false
            while !Task.isCancelled {
                do throws(ServiceError) {
                    for message in try await take() { group.addTask { await self.tell(message) } }
                    isFailing = false
                } catch {
                    if !isFailing { log.note("\(error)") }  // once, as it would be said every other second
                    isFailing = true
                }
                await clock.sleep(clock.now() + Self.interval)
            }
        }
    }

    /// Records that people are told of what is due now, and says what they are to be told.
    ///
    /// - Throws: when the store cannot be asked, and nothing was recorded.
    func take() async throws(ServiceError) -> [PushMessage] {
        // In this order: a record that comes later than the list of questions would be taken for one of a question that
        // has ended.
        let records = try await documents.all(in: Telling.collection, most: OpenQuestions.most)
        let open = try await questions.all()
        try await forget(records, except: Set(open.map(\.id)))
        let messages = try await due(open, Dictionary(records.map { ($0.id, $0) }) { first, _ in first })
        underWay.withLock { $0 += messages.count }
        return messages
    }

    /// Tells all channels.
    func tell(_ message: PushMessage) async {
        defer { underWay.withLock { $0 -= 1 } }
        let channels: [any PushChannel]
        do throws(ServiceError) { channels = try await self.channels() } catch {
            return log.note("\(error)", of: message)
        }
        await withDiscardingTaskGroup { group in
            for channel in channels { group.addTask { await self.delivery.deliver(message, to: channel) } }
        }
    }
}

// What is recorded.
extension PushDesk {
    /// Records as told what is due, the oldest first, and no more than can be told at once.
    private func due(
        _ open: [OpenApproval],
        _ records: [String: StoredRecord]
    ) async throws(ServiceError) -> [PushMessage] {
        var messages: [PushMessage] = []
        let free = Self.most - underWay.withLock(\.self)
        for question in open.sorted(by: { $0.requestedAt < $1.requestedAt }) {
            guard messages.count < free else { break }
            do throws(ServiceError) {
                guard let level = try await advance(question, records[question.id]) else { continue }
                messages.append(PushMessage(of: question, level: level, badge: open.count))
            } catch {
                // What has been recorded is told; the others are met again, and so is what is wrong.
                guard !messages.isEmpty else { throw error }
                break
            }
        }
        return messages
    }

    /// - Returns: which of the moments it is; `nil` when it is none, or another server tells of it.
    private func advance(_ question: OpenApproval, _ record: StoredRecord?) async throws(ServiceError) -> Int? {
        let telling = record.flatMap(Telling.init) ?? Telling(askedAt: question.requestedAt)
        guard let next = telling.told(at: clock.now()) else { return nil }
        let version = record?.version ?? 0
        do throws(ServiceError) {
            try await documents.put(next.body, as: question.id, in: Telling.collection, expecting: version)
        } catch .store(.stale) {
            return nil
        }
        return next.level
    }

    /// Removes the records of questions that have ended.
    private func forget(_ records: [StoredRecord], except open: Set<String>) async throws(ServiceError) {
        for record in records where !open.contains(record.id) {
            // The list is read in pages, between which a run may have moved from one to another.
            if let (run, approval) = Question.parse(record.id), try await questions.isOpen(run, approval) { continue }
            try await documents.remove(record.id, from: Telling.collection)
        }
    }
}

extension OpenApproval {
    fileprivate var id: String { Question.name(approval.id, of: run) }
}
