import Dispatch
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// Followers get every event once and in order, whoever records it, and no run waits for them.
struct EventFeedTests {
    /// A run whose events are recorded here or elsewhere, and told in any order or not at all.
    private final class Scene: Sendable {
        let store: FlakyStore
        let clock = ManualClock()
        let feed: EventFeed
        private let state = Mutex(RunState())
        private let log = Mutex<[String]>([])

        init(capacity: Int = EventFeed.capacity) {
            store = FlakyStore()
            feed = EventFeed(store: store, clock: clock.clock, capacity: capacity)
        }

        var seen: [String] { log.withLock(\.self) }
        var sequences: [Int] { seen.compactMap { Int($0) } }
        var last: Int { state.withLock(\.sequence) }

        /// Records so many events, as some process does.
        @discardableResult
        func record(_ count: Int = 1, at moment: Instant? = nil) async throws -> [Event] {
            let at = moment ?? clock.now
            let (payloads, base) = state.withLock { state in
                let started = Event.Payload.started(["name": "p", "goal": "command"])
                let said = (0..<count).map { Event.Payload.messageAdded("\($0)", by: "ada") }
                return (state.sequence == 0 ? [started] + said.dropFirst() : said, state)
            }
            let rows = Chain.rows(payloads, after: base.sequence, head: base.head, at: at)
            let events = zip(rows, payloads).map {
                Event(sequence: $0.sequence, at: at, payload: $1, digest: $0.digest)
            }
            let summary = state.withLock { state in
                for event in events { state.apply(event) }
                return RunSummary(state, run: "r1")
            }
            try await store.append(Batch(run: "r1", events: rows, summary: summary))
            return events
        }

        func publish(_ events: [Event]) { for event in events { feed.publish(.event("r1", event)) } }
        func publish(_ piece: String) { feed.publish(.piece("r1", .check(output: piece))) }

        func follow(_ name: String = "") -> @Sendable () -> Void {
            feed.follow("r1") { item in
                self.log.withLock { log in
                    switch item {
                    case .event(_, let event): log.append("\(name)\(event.sequence)")
                    case .piece(_, .check(let output)): log.append(name + output)
                    case .piece: break
                    }
                }
            }
        }

        func look() async {
            feed.lookSoon()
            await feed.handOut()
        }
    }

    @Test func whatHappensHereIsHandedOutInOrder() async throws {
        let scene = Scene()
        _ = scene.follow()
        await scene.feed.handOut()
        scene.publish(try await scene.record(2))
        scene.publish("a piece")
        scene.publish(try await scene.record())
        #expect(scene.seen.isEmpty)  // publishing hands out nothing
        await scene.feed.handOut()
        #expect(scene.seen == ["1", "2", "a piece", "3"])
    }

    @Test func eventsThatAreToldOutOfOrderOrTwiceComeOnceAndInOrder() async throws {
        let scene = Scene()
        _ = scene.follow()
        await scene.feed.handOut()
        let events = try await scene.record(4)
        scene.publish([events[2], events[0], events[3], events[1], events[2], events[3]])
        await scene.feed.handOut()
        #expect(scene.seen == ["1", "2", "3", "4"])
    }

    @Test func whatIsMissingIsReadFromTheStore() async throws {
        let scene = Scene()
        _ = scene.follow()
        await scene.feed.handOut()
        let events = try await scene.record(3)
        scene.publish([events[2]])
        scene.publish("a piece")
        await scene.feed.handOut()
        #expect(scene.seen == ["1", "2", "3", "a piece"])
    }

    @Test func whatOtherProcessesRecordIsFoundWithTheNextLook() async throws {
        let scene = Scene()
        _ = scene.follow()
        await scene.feed.handOut()
        try await scene.record(2)
        await scene.feed.handOut()
        #expect(scene.seen.isEmpty)
        await scene.look()
        #expect(scene.seen == ["1", "2"])
        await scene.look()
        #expect(scene.seen == ["1", "2"])
    }

    @Test func oneLookAsksOnceForAllRuns() async throws {
        let scene = Scene()
        for run in 0..<50 { _ = scene.feed.follow(RunID("x\(run)")) { _ in } }
        _ = scene.follow()
        await scene.feed.handOut()
        let before = scene.store.calls
        await scene.look()
        #expect(scene.store.calls - before == 1)
    }

    @Test func whatIsRecordedAfterRegisteringIsNotMissed() async throws {
        let scene = Scene()
        try await scene.record(5)
        scene.clock.advance(by: .seconds(60))
        _ = scene.follow()
        try await scene.record()  // by another process, before anybody has looked
        await scene.feed.handOut()
        #expect(scene.sequences.last == 6)
    }

    @Test func whatIsLongRecordedIsNotHandedOut() async throws {
        let scene = Scene()
        try await scene.record(5)
        scene.clock.advance(by: .seconds(60))
        _ = scene.follow()
        await scene.feed.handOut()
        scene.publish(try await scene.record())
        await scene.feed.handOut()
        #expect(scene.seen == ["6"])
    }

    @Test func anEventDatedBeforeRegisteringAndRecordedAfterItIsNotMissed() async throws {
        let scene = Scene()
        try await scene.record(250)
        scene.clock.advance(by: .seconds(100))
        try await scene.record(2)
        scene.clock.advance(by: .seconds(10))
        let decided = scene.clock.now
        scene.clock.advance(by: .seconds(5))
        _ = scene.follow()
        try await scene.record(1, at: decided)
        await scene.feed.handOut()
        // A hundred more than needed at most, and no hole up to the last.
        #expect(scene.sequences == Array(154...253))
    }

    @Test func aRunThatBeginsLaterIsHandedOutFromItsStart() async throws {
        let scene = Scene()
        _ = scene.follow()
        await scene.feed.handOut()
        scene.clock.advance(by: .seconds(500))
        try await scene.record(3)
        await scene.look()
        #expect(scene.seen == ["1", "2", "3"])
    }

    @Test func aFullQueueDropsPiecesAndNoEvent() async throws {
        let scene = Scene(capacity: 3)
        _ = scene.follow()
        await scene.feed.handOut()
        for number in 0..<5 { scene.publish("p\(number)") }
        scene.publish(try await scene.record(4))
        await scene.feed.handOut()
        #expect(scene.sequences == [1, 2, 3, 4])
        #expect(scene.seen.count < 9)
        scene.publish("after")
        await scene.feed.handOut()
        #expect(scene.seen.last == "after")
    }

    @Test func aRunThatNobodyFollowsTakesNoRoom() async throws {
        let scene = Scene(capacity: 1)
        for _ in 0..<3 { scene.feed.publish(.piece("other", .check(output: "x"))) }
        #expect(scene.feed.takeQueue().isEmpty)
        let stop = scene.follow()
        stop()
        scene.publish("x")
        #expect(scene.feed.takeQueue().isEmpty)
    }

    @Test func whoJoinsLaterGetsWhatComesAndWhoLeavesGetsNoMore() async throws {
        let scene = Scene()
        let stop = scene.follow("a")
        await scene.feed.handOut()
        scene.publish(try await scene.record())
        await scene.feed.handOut()
        _ = scene.follow("b")
        scene.publish(try await scene.record())
        await scene.feed.handOut()
        stop()
        scene.publish(try await scene.record())
        await scene.feed.handOut()
        #expect(scene.seen.filter { $0.hasPrefix("a") } == ["a1", "a2"])
        #expect(scene.seen.filter { $0.hasPrefix("b") } == ["b2", "b3"])
    }

    @Test func aStoreThatIsAwayIsAskedAgain() async throws {
        let scene = Scene()
        _ = scene.follow()
        scene.store.isAway = true
        await scene.feed.handOut()
        scene.store.isAway = false
        scene.publish(try await scene.record(2))
        scene.store.isAway = true
        await scene.look()
        #expect(scene.seen.isEmpty)
        scene.store.isAway = false
        await scene.look()
        #expect(scene.seen == ["1", "2"])
        let events = try await scene.record(2)
        scene.store.isAway = true
        scene.publish([events[1]])
        await scene.feed.handOut()
        scene.store.isAway = false
        await scene.look()
        #expect(scene.seen == ["1", "2", "3", "4"])
    }

    /// Steps in an order nobody chose: recorded here and told at once or late, recorded elsewhere, handed out between.
    @Test(arguments: 0..<400) func noInterleavingLosesOrRepeatsAnything(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let scene = Scene(capacity: Int.random(in: 1...4, using: &dice))
        var late: [Event] = []
        var atRegistering: Int?
        for _ in 0..<24 {
            switch Int.random(in: 0..<8, using: &dice) {
            case 0, 1: scene.publish(try await scene.record(Int.random(in: 1...3, using: &dice)))
            case 2: late += try await scene.record(2)
            case 3: try await scene.record()
            case 4:
                scene.publish(late.shuffled(using: &dice))
                if Bool.random(using: &dice) { late = [] }
            case 5: await scene.feed.handOut()
            case 6: await scene.look()
            default:
                scene.publish("piece")
                if atRegistering == nil {
                    if Bool.random(using: &dice) { scene.clock.advance(by: .seconds(60)) }
                    atRegistering = scene.last
                    _ = scene.follow()
                }
            }
        }
        if atRegistering == nil {
            atRegistering = scene.last
            _ = scene.follow()
            await scene.feed.handOut()
        }
        try await scene.record()
        await scene.look()
        await scene.look()
        let sequences = scene.sequences
        let first = try #require(sequences.first)
        #expect(first <= (atRegistering ?? 0) + 1)
        #expect(sequences == Array(first...scene.last))
    }

    // MARK: - While a process serves

    @Test func aFollowerOfARunThatIsCarriedOnGetsAllOfIt() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["calls": [["tool": "look"]]], ["calls": [RunningTests.write]]])
        let (stream, told) = AsyncStream.makeStream(of: Event.self)
        let stop = bench.services.feed.follow(run) { item in
            guard case .event(_, let event) = item else { return }
            told.yield(event)
            if case .runFinished = event.payload { told.finish() }
        }
        var seen: [Event] = []
        await bench.services.serving {
            bench.services.runs.submit(run)
            for await event in stream { seen.append(event) }
        }
        stop()
        #expect(seen == (try await bench.services.runs.events(of: run)))
    }

    @Test func aFollowerThatHangsDelaysNoRun() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["calls": [RunningTests.write]]])
        let (end, ended) = AsyncStream.makeStream(of: Void.self)
        bench.services.feed.observe { item in
            if case .event(_, let event) = item, case .runFinished = event.payload { ended.finish() }
        }
        let hanging = DispatchSemaphore(value: 0)
        let received = Log()
        _ = bench.services.feed.follow(run) { _ in
            received.add("one")
            hanging.wait()
            hanging.signal()
        }
        await bench.services.serving {
            bench.services.runs.submit(run)
            for await _ in end {}
            #expect(received.all.count <= 1)
            hanging.signal()
        }
        #expect(try await bench.services.runs.state(of: run).status == .achieved)
    }
}
