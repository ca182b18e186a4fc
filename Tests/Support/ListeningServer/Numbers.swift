import Glibc
import HTTPKit
import PipelineKit
import Synchronization

/// A run whose events are numbers with the moment at which each was told, for measuring how long they take to arrive.
final class Numbers: Sendable {
    struct Item: Sendable {
        let sequence: Int
        /// Nanoseconds of the monotonic clock, which all processes of a machine share.
        let told: Int
    }

    private struct Told {
        var items: [Item] = []
        var observer: (@Sendable (Item) -> Void)?
    }

    private let told = Mutex(Told())

    var broadcasts: Broadcasts<NumberRenderer> {
        Broadcasts(
            Broadcasts.Source(
                page: { _, after in Array(self.told.withLock(\.items).dropFirst(after).prefix(1_000)) },
                observe: { _, receive in
                    self.told.withLock { $0.observer = receive }
                    return { self.told.withLock { $0.observer = nil } }
                },
                renderer: { _ in NumberRenderer() }
            )
        )
    }

    /// Tells so many numbers, each at its time whatever became of the one before, on a thread of its own.
    ///
    /// - Parameter rate: Numbers a second.
    func tell(_ count: Int, rate: Int) throws(Failure) {
        try BlockingThread.start {
            let start = Self.now()
            for index in 0..<count {
                Self.sleep(until: start + index * 1_000_000_000 / rate)
                self.tellNext()
            }
        }
    }

    private func tellNext() {
        let (item, observer) = told.withLock { told in
            let item = Item(sequence: told.items.count + 1, told: Self.now())
            told.items.append(item)
            return (item, told.observer)
        }
        observer?(item)
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private static func sleep(until moment: Int) {
        var time = timespec(tv_sec: moment / 1_000_000_000, tv_nsec: moment % 1_000_000_000)
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}

/// Frames of one length, so that a client can tell them apart without reading them; about as large as an event is.
struct NumberRenderer: FrameRenderer {
    let isOver = false

    static func sequence(of item: Numbers.Item) -> Int? { item.sequence }

    /// `{"sequence":"0000000001","told":"0000012345678901234","text":"..."}`
    func frames(for item: Numbers.Item) -> [Frame] {
        let sequence = Self.digits(item.sequence, 10)
        let told = Self.digits(item.told, 19)
        let text = "{\"sequence\":\"\(sequence)\",\"told\":\"\(told)\",\"text\":\"\(Self.text)\"}"
        return [Frame(sequence: item.sequence, text: Array(text.utf8))]
    }

    private static let text = String(repeating: "event ", count: 50)

    private static func digits(_ number: Int, _ count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: count - digits.count) + digits
    }
}
