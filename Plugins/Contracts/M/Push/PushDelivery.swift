import PipelineEngine
import PipelineKit

/// Brings messages to channels: at most sixteen at once, and each again when it failed and that may help.
struct PushDelivery: Sendable {
    /// How long each failed attempt is waited after; there is one more attempt than these.
    static let pauses: [Duration] = [.seconds(2), .seconds(10), .seconds(30)]
    /// The longest that a service may have itself left alone.
    private static let longestPause = 60.0

    let questions: OpenQuestions
    let documents: DocumentService
    let clock: EngineClock
    let log: PushLog
    private let places = SendingPlaces()

    init(questions: OpenQuestions, documents: DocumentService, clock: EngineClock, log: PushLog) {
        self.questions = questions
        self.documents = documents
        self.clock = clock
        self.log = log
    }

    /// Sends a message until it was taken, its device is gone, its question is answered, or it has failed too often.
    func deliver(_ message: PushMessage, to channel: any PushChannel) async {
        for attempt in 0... {
            guard let outcome = await attempted(message, channel), !Task.isCancelled else { return }
            switch outcome {
            case .sent: return
            case .gone: return await takeOut(channel)
            case .failed(let failure, let mayRetry):
                guard mayRetry, attempt < Self.pauses.count else {
                    return log.note(failure.message, of: message, by: channel, attempts: attempt + 1)
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

    private static func pause(after attempt: Int, _ failure: Failure) -> Duration {
        max(pauses[attempt], .seconds(min(max(failure.retryAfter ?? 0, 0), longestPause)))
    }

    private func takeOut(_ channel: any PushChannel) async {
        guard let device = channel.device else { return }
        do throws(ServiceError) {
            try await documents.remove(device, from: Device.collection)
            log.noteGone(channel)
        } catch {
            log.note("\(error)", by: channel)
        }
    }
}
