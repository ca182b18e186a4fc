import HTTPKit
import Synchronization
import Testing

/// Whoever follows a run gets each event once and in order, whenever it came and wherever it begins.
struct BroadcastTests {
    /// Two frames for each even item, one for each odd one; over at a hundred thousand.
    private struct Doubling: FrameRenderer {
        var isOver = false
        static func sequence(of item: Int) -> Int? { item > 0 ? item : nil }
        mutating func frames(for item: Int) -> [Frame] {
            isOver = item == 100_000
            let frame = Frame(sequence: Self.sequence(of: item), text: Array("\(item)".utf8))
            return item > 0 && item % 2 == 0 ? [frame, frame] : [frame]
        }
    }

    private final class Client: FrameSink {
        private let state = Mutex<(texts: [String], close: CloseCode?, isGone: Bool)>(([], nil, false))
        var texts: [String] { state.withLock(\.texts) }
        var closed: CloseCode? { state.withLock(\.close) }
        func push(_ frames: ArraySlice<Frame>) {
            state.withLock { $0.texts += frames.map { String(decoding: $0.text, as: UTF8.self) } }
        }
        func send(_ frames: [Frame]) async -> Bool {
            push(frames[...])
            return state.withLock { !$0.isGone }
        }
        func close(_ code: CloseCode, _ reason: String) { state.withLock { $0.close = code } }
        func leave() { state.withLock { $0.isGone = true } }
    }

    /// A history that grows, and tells its observer.
    private final class Run: Sendable {
        private let state = Mutex<(count: Int, observer: (@Sendable (Int) -> Void)?)>((0, nil))
        /// Happens before each page is read.
        let meanwhile: @Sendable (Run) -> Void
        init(meanwhile: @escaping @Sendable (Run) -> Void = { _ in }) { self.meanwhile = meanwhile }

        var isObserved: Bool { state.withLock { $0.observer != nil } }

        func append(_ count: Int) {
            for _ in 0..<count {
                let (item, observer) = state.withLock { state in
                    state.count += 1
                    return (state.count, state.observer)
                }
                observer?(item)
            }
        }

        func tell(_ item: Int) { state.withLock(\.observer)?(item) }

        var source: Broadcasts<Doubling>.Source {
            .init(
                page: { _, after in
                    self.meanwhile(self)
                    let count = self.state.withLock(\.count)
                    return after < count ? Array(after + 1...min(count, after + 100)) : []
                },
                observe: { _, observer in
                    self.state.withLock { $0.observer = observer }
                    return { self.state.withLock { $0.observer = nil } }
                },
                renderer: { _ in Doubling() }
            )
        }
    }

    private func expected(after: Int, to end: Int) -> [String] {
        after >= end ? [] : (after + 1...end).flatMap { $0 % 2 == 0 ? ["\($0)", "\($0)"] : ["\($0)"] }
    }

    @Test(arguments: [0, 1, 7, 250, 300])
    func aFollowerGetsWhatIsRecordedAndThenWhatHappens(after: Int) async {
        let run = Run()
        run.append(250)
        let broadcasts = Broadcasts(run.source)
        let client = Client()
        await broadcasts.session(of: "r", after: after).opened(client)
        run.append(50)
        #expect(client.texts == expected(after: after, to: 300))
        #expect(client.closed == nil)
    }

    @Test func whoComesBackAmongOthersHasNothingReadAgain() async {
        let pages = Mutex(0)
        let run = Run { _ in pages.withLock { $0 += 1 } }
        run.append(250)
        let broadcasts = Broadcasts(run.source)
        let (constant, restless) = (Client(), Client())
        await broadcasts.session(of: "r", after: 0).opened(constant)
        run.append(50)
        let before = pages.withLock(\.self)
        await broadcasts.session(of: "r", after: 260).opened(restless)
        run.append(10)
        #expect(pages.withLock(\.self) == before)
        #expect(restless.texts == expected(after: 260, to: 310))
        #expect(constant.texts == expected(after: 0, to: 310))
    }

    @Test(arguments: [0, 7, 249, 250, 300])
    func aHistoryThatNeedsNoBeginningIsReadFromTheCursor(after: Int) async {
        let asked = Mutex<[Int]>([])
        let run = Run()
        run.append(250)
        var source = run.source
        source.page = { [page = source.page] run, after throws(HTTPError) in
            asked.withLock { $0.append(after) }
            return try await page(run, after)
        }
        source.start = { _, after in .init(renderer: Doubling(), position: min(after, 250)) }
        let broadcasts = Broadcasts(source)
        let client = Client()
        await broadcasts.session(of: "r", after: after).opened(client)
        run.append(60)
        #expect(asked.withLock(\.first) == min(after, 250))
        #expect(client.texts == expected(after: after, to: 310))
    }

    /// Numbers what it renders.
    private struct Counting: FrameRenderer {
        var count = 0
        let isOver = false
        static func sequence(of item: Int) -> Int? { item }
        mutating func frames(for item: Int) -> [Frame] {
            count += 1
            return [Frame(sequence: item, text: Array("\(item) is number \(count)".utf8))]
        }
    }

    @Test func whatWasReadIsNotRenderedAgainWhenItIsToldLate() async {
        let observer = Mutex<(@Sendable (Int) -> Void)?>(nil)
        let broadcasts = Broadcasts<Counting>(
            .init(
                page: { _, after in after < 3 ? Array(after + 1...3) : [] },
                observe: { _, receive in
                    observer.withLock { $0 = receive }
                    return {}
                },
                renderer: { _ in Counting() }
            )
        )
        let client = Client()
        await broadcasts.session(of: "r", after: 0).opened(client)
        let tell = observer.withLock(\.self)
        for item in [2, 3, 4] { tell?(item) }
        #expect(client.texts == (1...4).map { "\($0) is number \($0)" })
    }

    /// Two events happen before each page: joining has to catch up with them.
    @Test func whatHappensWhileTheHistoryIsReadIsNotLost() async {
        let left = Mutex(40)
        let run = Run { run in
            if left.withLock({ count in
                count -= 1
                return count >= 0
            }) {
                run.append(2)
            }
        }
        run.append(1000)
        let broadcasts = Broadcasts(run.source)
        let clients = [Client(), Client(), Client()]
        for (number, client) in clients.enumerated() {
            await broadcasts.session(of: "r", after: number * 500).opened(client)
            run.append(3)
        }
        for (number, client) in clients.enumerated() {
            #expect(client.texts == expected(after: number * 500, to: 1089), "client \(number)")
        }
    }

    @Test func moreThanIsKeptMeanwhileIsReadFromTheHistory() async {
        let isFirst = Mutex(true)
        let run = Run { run in
            if isFirst.withLock({ first in
                defer { first = false }
                return first
            }) {
                run.append(5000)
            }
        }
        run.append(10)
        let client = Client()
        let broadcasts = Broadcasts(run.source)
        await broadcasts.session(of: "r", after: 0).opened(client)
        run.append(1)
        #expect(client.texts == expected(after: 0, to: 5011))
    }

    @Test func piecesReachThoseWhoAreThereAndNobodyElse() async {
        let run = Run()
        run.append(3)
        let broadcasts = Broadcasts(run.source)
        let (early, late) = (Client(), Client())
        await broadcasts.session(of: "r", after: 0).opened(early)
        run.tell(-1)
        await broadcasts.session(of: "r", after: 0).opened(late)
        #expect(early.texts == ["1", "2", "2", "3", "-1"])
        #expect(late.texts == ["1", "2", "2", "3"])
    }

    @Test func theEndClosesEveryStream() async {
        let run = Run()
        run.append(99_999)
        let broadcasts = Broadcasts(run.source)
        let (early, late) = (Client(), Client())
        await broadcasts.session(of: "r", after: 99_998).opened(early)
        run.append(1)
        await broadcasts.session(of: "r", after: 99_999).opened(late)
        #expect(early.texts == ["99999", "100000", "100000"])
        #expect(late.texts == ["100000", "100000"])
        #expect(early.closed == .normal)
        #expect(late.closed == .normal)
    }

    @Test func nothingIsKeptForARunThatNobodyFollows() async {
        let run = Run()
        run.append(3)
        let broadcasts = Broadcasts(run.source)
        let sessions = (0..<3).map { broadcasts.session(of: "r", after: $0) }
        let clients = sessions.map { _ in Client() }
        for (session, client) in zip(sessions, clients) { await session.opened(client) }
        #expect(broadcasts.count == 1)
        #expect(run.isObserved)
        for (session, client) in zip(sessions, clients) { session.closed(client) }
        #expect(broadcasts.count == 0)
        #expect(!run.isObserved)
    }

    @Test func aClientThatGoesWhileItReadsLeavesNothing() async {
        let run = Run()
        run.append(3)
        let broadcasts = Broadcasts(run.source)
        let client = Client()
        let session = broadcasts.session(of: "r", after: 0)
        client.leave()
        session.closed(client)
        await session.opened(client)
        #expect(broadcasts.count == 0)
        run.append(1)
        #expect(!client.texts.contains("4"))
    }
}
