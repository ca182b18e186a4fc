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
    /// How long each failed attempt is waited after; there is one more attempt than these.
    static let pauses: [Duration] = [.seconds(2), .seconds(10), .seconds(30)]
    /// Questions that are being told at once; more wait.
    static let most = 64

    private let questions: OpenQuestions
    private let documents: DocumentService
    private let channels: @Sendable () async throws(ServiceError) -> [any PushChannel]
    private let clock: EngineClock
    private let log: @Sendable ([String: JSONValue]) -> Void
    private let places = SendingPlaces()
    private let underWay = Mutex(0)

    /// - Parameters:
    ///   - channels: Where messages arrive now.
    ///   - log: Takes what could not be told, in members of a line.
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
        self.log = log
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
                    // Once, as it would be said every other second.
                    if !isFailing { note(["failed": .string("\(error)")]) }
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
        let known = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        try await forget(records, except: Set(open.map(\.id)))
        var messages: [PushMessage] = []
        let free = Self.most - underWay.withLock(\.self)
        for question in open.sorted(by: { $0.requestedAt < $1.requestedAt }) {
            guard messages.count < free else { break }
            do throws(ServiceError) {
                guard let level = try await advance(question, known[question.id]) else { continue }
                messages.append(PushMessage(of: question, level: level, badge: open.count))
            } catch {
                // What has been recorded is told; the others are met again, and so is what is wrong.
                guard !messages.isEmpty else { throw error }
                break
            }
        }
        underWay.withLock { $0 += messages.count }
        return messages
    }

    /// Tells all channels, each until it has taken the message, is gone, or has failed too often.
    func tell(_ message: PushMessage) async {
        defer { underWay.withLock { $0 -= 1 } }
        let channels: [any PushChannel]
        do throws(ServiceError) { channels = try await self.channels() } catch {
            return note(["failed": .string("\(error)")], of: message)
        }
        await withDiscardingTaskGroup { group in
            for channel in channels { group.addTask { await self.deliver(message, to: channel) } }
        }
    }
}

// What is recorded.
extension PushDesk {
    /// - Returns: which of the moments it is; `nil` when it is none, or another server tells of it.
    private func advance(_ question: OpenApproval, _ record: StoredRecord?) async throws(ServiceError) -> Int? {
        let telling = record.flatMap(Telling.init) ?? Telling(askedAt: question.requestedAt)
        guard let next = telling.told(at: clock.now()) else { return nil }
        do throws(ServiceError) {
            try await documents.put(
                next.body,
                as: question.id,
                in: Telling.collection,
                expecting: record?.version ?? 0
            )
        } catch .store(.stale) {
            return nil
        }
        return next.level
    }

    /// Removes the records of questions that have ended.
    private func forget(_ records: [StoredRecord], except open: Set<String>) async throws(ServiceError) {
        for record in records where !open.contains(record.id) {
            // The list is read in pages, between which a run may have moved from one to another.
            if let (run, approval) = record.question, try await questions.isOpen(run, approval) { continue }
            try await documents.remove(record.id, from: Telling.collection)
        }
    }
}

// What is sent.
extension PushDesk {
    private func deliver(_ message: PushMessage, to channel: any PushChannel) async {
        for attempt in 0... {
            guard let outcome = await attempted(message, channel), !Task.isCancelled else { return }
            switch outcome {
            case .sent: return
            case .gone: return await takeOut(channel)
            case .failed(let failure, let mayRetry):
                guard mayRetry, attempt < Self.pauses.count else {
                    return note(
                        ["failed": .string(failure.message), "attempts": .int(attempt + 1)],
                        of: message,
                        by: channel
                    )
                }
                await clock.sleep(clock.now() + Self.pause(after: attempt, failure))
            }
        }
    }

    /// - Returns: `nil` when there is nothing to tell any more.
    private func attempted(_ message: PushMessage, _ channel: any PushChannel) async -> PushOutcome? {
        do throws(Failure) {
            return try await places.pass { () async throws(Failure) in
                do throws(ServiceError) {
                    guard try await questions.isOpen(message.run, message.approval) else { return nil }
                } catch {
                    return .failed(Failure(.unavailable, "\(error)"), mayRetry: true)
                }
                return await channel.send(message)
            }
        } catch {
            return nil  // the server ends
        }
    }

    /// A service may say how long it wants to be left alone, within reason.
    private static func pause(after attempt: Int, _ failure: Failure) -> Duration {
        max(pauses[attempt], .seconds(min(max(failure.retryAfter ?? 0, 0), 60)))
    }

    private func takeOut(_ channel: any PushChannel) async {
        guard let device = channel.device else { return }
        do throws(ServiceError) {
            try await documents.remove(device, from: Device.collection)
            note(["push": .string(channel.name), "device_removed": .string(device.masked)])
        } catch {
            note(["push": .string(channel.name), "device": .string(device.masked), "failed": .string("\(error)")])
        }
    }

    private func note(_ members: [String: JSONValue], of message: PushMessage, by channel: (any PushChannel)? = nil) {
        var all = members.merging(["run": .string(message.run.value), "approval": .string(message.approval.value)]) { $1 }
        all["push"] = .string(channel?.name ?? "-")
        all["device"] = channel?.device.map { .string($0.masked) }
        note(all)
    }

    private func note(_ members: [String: JSONValue]) {
        log(members.merging(["time": .string("\(clock.now())")]) { $1 }.adding(["push": members["push"] ?? "-"]))
    }
}

extension OpenApproval {
    fileprivate var id: String { PushMessage.id(run, approval.id) }
}

extension StoredRecord {
    /// The question that a record is of, out of its id.
    fileprivate var question: (RunID, ApprovalID)? {
        id.lastIndex(of: ".").map { (RunID(String(id[..<$0])), ApprovalID(String(id[id.index(after: $0)...]))) }
    }
}

extension String {
    /// Enough of a device's token to tell it from others, and not enough to send it anything.
    fileprivate var masked: String { String(prefix(8)) + (count > 8 ? "…" : "") }
}
