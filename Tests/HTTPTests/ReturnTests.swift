import HTTPKit
import Synchronization
import Testing

/// Who comes back to a run is given what is kept, unless that is more than a client may be given at once.
struct ReturnTests {
    /// 64 kB for each item.
    private struct Large: FrameRenderer {
        static let size = 64 << 10
        var isOver: Bool { false }
        static func sequence(of item: Int) -> Int? { item }
        mutating func frames(for item: Int) -> [Frame] {
            [Frame(sequence: item, text: Array(repeating: UInt8(ascii: "x"), count: Self.size))]
        }
    }

    private final class Client: FrameSink {
        private let counts = Mutex((pushed: 0, sent: 0))
        var pushed: Int { counts.withLock(\.pushed) }
        var sent: Int { counts.withLock(\.sent) }
        func push(_ frames: ArraySlice<Frame>) { counts.withLock { $0.pushed += frames.count } }
        func send(_ frames: [Frame]) async -> Bool {
            counts.withLock { $0.sent += frames.count }
            return true
        }
        func close(_ code: CloseCode, _ reason: String) {}
    }

    @Test(arguments: [(0, false), (5, false), (6, true), (9, true), (10, true)])
    func whatIsMuchIsReadAndWhatIsLittleIsPushed(after: Int, isPushed: Bool) async {
        let observer = Mutex<(@Sendable (Int) -> Void)?>(nil)
        let count = Mutex(0)
        let broadcasts = Broadcasts<Large>(
            .init(
                page: { _, after in
                    let count = count.withLock(\.self)
                    return after < count ? Array(after + 1...count) : []
                },
                observe: { _, told in
                    observer.withLock { $0 = told }
                    return {}
                },
                renderer: { _ in Large() }
            )
        )
        await broadcasts.session(of: "r", after: 0).opened(Client())
        for item in 1...10 {
            count.withLock { $0 = item }
            observer.withLock(\.self)?(item)
        }
        let client = Client()
        await broadcasts.session(of: "r", after: after).opened(client)
        #expect(client.pushed == (isPushed ? 10 - after : 0))
        #expect(client.sent == (isPushed ? 0 : 10 - after))
    }
}
