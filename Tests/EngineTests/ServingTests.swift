import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// A process that serves carries on what is submitted, due, left over or answered elsewhere, and ends in good order.
struct ServingTests {
    /// An engine at a time of our choosing; its runs stop in a call that the test lets go on.
    private struct Scene: Sendable {
        let bench: Bench
        let clock: ManualClock
        let doors = Doors()
        let reports = Log()
        let grace = Grace()

        init(_ kind: WakeUpTests.Kind) throws {
            let directory = Bench.temporary()
            self.init(try Bench.newStore(kind, at: directory), directory: directory)
        }

        init(_ store: any EventStore = MemoryStore(), directory: String = Bench.temporary()) {
            let (clock, grace) = (ManualClock(), grace)
            self.clock = clock
            let engine = EngineClock(
                now: { clock.now },
                sleep: { moment in
                    if moment == clock.now + Self.grace { grace.begins() }
                    await clock.clock.sleep(moment)
                }
            )
            bench = Bench(directory, store: store, clock: engine)
        }

        static let grace = Duration.seconds(7)

        /// The same store, and another process.
        func other(_ registry: Registry = Bench.registry) -> Bench {
            Bench(
                bench.directory,
                store: bench.store,
                owner: ProcessName("elsewhere:boot:2:2"),
                clock: clock.clock,
                registry: registry
            )
        }

        func policy(_ runs: Int = 4) -> ServingPolicy {
            ServingPolicy(runs: runs, grace: Self.grace) { [reports] in reports.add("\($0): \($1)") }
        }

        /// A run that passes these doors, each in a call of its own, and then ends.
        func start(_ run: RunID, doors names: [String] = [], human: JSONValue = [:], steps: JSONValue? = nil)
            async throws
        {
            let calls = names.map { name -> JSONValue in
                ["calls": [["tool": "door", "arguments": ["name": .string(doors.key(name))]]]]
            }
            let question: [JSONValue] = human == [:] ? [] : [["calls": [RunningTests.write]]]
            var json: [String: JSONValue] = [
                "name": "p", "model": "notes/x", "goal": ["gate": "content", "with": ["file": "out", "is": "done"]],
                "tools": ["allow": ["look", "door"], "ask": ["write"]], "human": human, "limits": ["iterations": 1],
                "providers": ["notes": ["replies": .array(calls + question)]],
            ]
            if let steps { (json["steps"], json["goal"]) = (steps, nil) }
            let pipeline = try Pipeline(json: .object(json))
            let order = RunOrder(run: run, pipeline: pipeline, project: bench.directory, origin: "test")
            _ = try await bench.services.runs.start(order)
        }

        func types(of run: RunID) async throws -> [String] {
            try await bench.services.runs.events(of: run).map(\.payload.type)
        }

        /// Tells when so many runs have ended or wait.
        func rests(_ bench: Bench? = nil) -> AsyncStream<RunID> {
            let (stream, told) = AsyncStream.makeStream(of: RunID.self)
            (bench ?? self.bench).services.feed.observe { item in
                guard case .event(let run, let event) = item else { return }
                switch event.payload {
                case .runFinished, .approvalRequested: told.yield(run)
                default: break
                }
            }
            return stream
        }
    }

    @Test func soManyRunsAreCarriedOnAtOnceAndTheOthersInTheirOrder() async throws {
        let scene = Scene()
        defer { scene.bench.remove() }
        let runs = (1...5).map { RunID("r\($0)") }
        for run in runs { try await scene.start(run, doors: [run.value]) }
        var order: [String] = []
        await scene.bench.services.serving(scene.policy(2)) {
            for run in runs + runs { scene.bench.services.runs.submit(run) }
            var arrivals = scene.doors.arrivals.makeAsyncIterator()
            for number in 1...5 {
                if number > 2 { scene.doors.open(order[number - 3]) }
                guard let next = await arrivals.next() else { return }
                order.append(next)
                #expect(scene.bench.services.dispatcher.active.count <= 2)
                if number == 2 { order.sort() }  // these two came at once
            }
            let rests = scene.rests()
            scene.doors.open("r4")
            scene.doors.open("r5")
            var rest = rests.makeAsyncIterator()
            _ = await rest.next()
            _ = await rest.next()
        }
        #expect(order == runs.map(\.value))
        for run in runs { #expect(try await scene.types(of: run).count { $0 == "run.finished" } == 1) }
        #expect(scene.reports.all.isEmpty)
    }

    @Test func aRunThatIsSubmittedWhileItIsCarriedOnIsLookedAtAgain() async throws {
        let scene = Scene()
        defer { scene.bench.remove() }
        try await scene.start("r1", doors: ["a"], human: ["gate": "never"])
        let rests = scene.rests()
        await scene.bench.services.serving(scene.policy(1)) {
            scene.bench.services.runs.submit("r1")
            var arrivals = scene.doors.arrivals.makeAsyncIterator()
            _ = await arrivals.next()
            scene.doors.open("a")
            var rest = rests.makeAsyncIterator()
            _ = await rest.next()  // it asks, and may still be held by whoever carried it on
            try? await scene.bench.services.approvals.resolve(
                "a1",
                of: "r1",
                with: Resolution(.approved, by: "ada"),
                shown: nil
            )
            _ = await rest.next()
        }
        #expect(try await scene.bench.services.runs.state(of: "r1").status == .achieved)
    }

    @Test func aRunThatCannotBeCarriedOnKeepsNoOtherFromIt() async throws {
        let scene = Scene()
        defer { scene.bench.remove() }
        let started = Event.Payload.started(["name": "p", "goal": "content"], run: "bad")
        var rows = Chain.rows([started], after: 0, head: Chain.start, at: .start)
        rows[0].digest = Chain.start
        let summary = RunSummary(RunState.given([started]), run: "bad")
        try await scene.bench.store.append(Batch(run: "bad", events: rows, summary: summary))
        try await scene.start("r1")
        let rests = scene.rests()
        await scene.bench.services.serving(scene.policy(1)) {
            for run in ["bad", "gone", "bad", "r1"] as [RunID] { scene.bench.services.runs.submit(run) }
            var rest = rests.makeAsyncIterator()
            #expect(await rest.next() == "r1")
        }
        let words = "Event 1 ('run.started') was changed after it was recorded: its digest does not match."
        #expect(scene.reports.all == ["bad: The history of run 'bad' is damaged. \(words)"])
    }

    @Test func aRunWhoseModelCannotBeAskedHereIsLeftAloneAndToldOnce() async throws {
        let store = FlakyStore()
        let scene = Scene(store)
        defer { scene.bench.remove() }
        try await scene.start("r1")
        var registry = Registry()
        registry.add(ContentGate.self)
        let bench = scene.other(registry)
        scene.clock.advance(by: .seconds(10))
        var sweeper = bench.services.sweeper
        await bench.services.serving(scene.policy()) {
            for _ in 0..<20 {
                try? await sweeper.sweep()
                scene.clock.advance(by: .seconds(60))
                while !bench.services.dispatcher.active.isEmpty || bench.services.dispatcher.count > 0 {
                    await Task.yield()
                }
            }
        }
        #expect(scene.reports.all == ["r1: There is no model provider 'notes'. There are: ."])
        #expect(try await scene.types(of: "r1") == ["run.started"])
        #expect(try await store.owners(at: scene.clock.now).isEmpty)
    }

    // MARK: - What is found in the store

    /// Looks once, and tells who would be carried on.
    private func found(_ scene: Scene) async throws -> [RunID] {
        var sweeper = scene.bench.services.sweeper
        try await sweeper.sweep()
        return scene.bench.services.dispatcher.waiting
    }

    @Test(arguments: WakeUpTests.Kind.allCases) func whatADeadProcessLeftIsTakenUp(kind: WakeUpTests.Kind) async throws
    {
        let scene = try Scene(kind)
        defer { scene.bench.remove() }
        let dead = ProcessName.current.value.split(separator: ":").dropLast().joined(separator: ":") + ":0"
        let alive = ProcessName.current.value
        let claims: [(RunID, String?, Int)] = [
            ("dead", dead, 30), ("alive", alive, 30), ("lapsed", "elsewhere:b:2:2", 5), ("far", "elsewhere:b:2:2", 30),
            ("never", nil, 0),
        ]
        for (run, owner, seconds) in claims {
            try await scene.start(run)
            guard let owner else { continue }
            let until = scene.clock.now + .seconds(seconds)
            _ = try await scene.bench.store.claim(run, for: owner, until: until, now: scene.clock.now, overriding: nil)
        }
        #expect(try await found(scene) == [])  // somebody may be about to claim them
        scene.clock.advance(by: .seconds(10))
        #expect(Set(try await found(scene)) == ["dead", "lapsed", "never"])
    }

    @Test(arguments: WakeUpTests.Kind.allCases) func aRunAnsweredElsewhereIsTakenUp(kind: WakeUpTests.Kind) async throws
    {
        let scene = try Scene(kind)
        defer { scene.bench.remove() }
        try await scene.start("r1", human: ["gate": "never"])
        let rests = scene.rests()
        await scene.bench.services.serving(scene.policy()) {
            scene.bench.services.runs.submit("r1")
            var rest = rests.makeAsyncIterator()
            _ = await rest.next()
            while !scene.bench.services.dispatcher.active.isEmpty { await Task.yield() }
            let answer = Resolution(.approved, by: "ada")
            try? await scene.other().services.approvals.resolve("a1", of: "r1", with: answer, shown: nil)
            scene.clock.advance(by: .seconds(5))
            _ = await rest.next()
        }
        #expect(try await scene.bench.services.runs.state(of: "r1").status == .achieved)
    }

    @Test func aLookReadsAsMuchHoweverManyRunsWait() async throws {
        let store = FlakyStore()
        let scene = Scene(store)
        defer { scene.bench.remove() }
        for number in 0..<100_000 {
            let row = StoreSamples.summary(
                of: RunID("w\(number)"),
                at: 1,
                status: .waiting,
                wakeAt: .start + .seconds(9_999)
            )
            try await store.append(Batch(run: row.run, events: [StoreSamples.event(1, of: row.run)], summary: row))
        }
        try await scene.start("r1")
        scene.clock.advance(by: .seconds(10))
        let (calls, rows) = (store.calls, store.rows)
        #expect(try await found(scene) == ["r1"])
        #expect(store.calls - calls == 3)
        #expect(store.rows - rows == 1)
    }

    @Test func whatCannotBeCarriedOnHidesNoOther() async throws {
        let scene = Scene()
        defer { scene.bench.remove() }
        for number in 1...(Sweeper.page + 5) {
            try await scene.start(RunID("r\(number)"))
            scene.clock.advance(by: .milliseconds(1))
        }
        scene.clock.advance(by: .seconds(10))
        var sweeper = scene.bench.services.sweeper
        let dispatcher = scene.bench.services.dispatcher
        try await sweeper.sweep()
        #expect(dispatcher.waiting.count == Sweeper.page)
        try await sweeper.sweep()  // enough wait in line
        #expect(dispatcher.waiting.count == Sweeper.page)
        dispatcher.close()
        try await sweeper.sweep()
        #expect(dispatcher.waiting == (1...5).map { RunID("r\(Sweeper.page + $0)") })
        try await sweeper.sweep()
        #expect(dispatcher.waiting.count == Sweeper.page + 5)
    }

    // MARK: - The end

    @Test func whatIsUnderWayEndsAndNothingNewBegins() async throws {
        let scene = Scene()
        defer { scene.bench.remove() }
        try await scene.start("r1", doors: ["a", "b"])
        try await scene.start("r2")
        await scene.bench.services.serving(scene.policy(1)) {
            scene.bench.services.runs.submit("r1")
            scene.bench.services.runs.submit("r2")
            var arrivals = scene.doors.arrivals.makeAsyncIterator()
            _ = await arrivals.next()
            scene.grace.then { scene.doors.open("a") }
        }
        let types = try await scene.types(of: "r1")
        #expect(types.suffix(2) == ["tool_call.started", "tool_call.finished"])
        #expect(try await scene.types(of: "r2") == ["run.started"])
        #expect(try await scene.bench.store.owners(at: scene.clock.now).isEmpty)
        // Another process goes on where this one stopped, and is asked nothing.
        scene.doors.open("b")
        #expect(try await scene.other().services.runs.carryOn("r1").status == .notAchieved)
        #expect(try await !scene.types(of: "r1").contains("approval.requested"))
    }

    @Test func aStepIsLeftToTheProcessThatGoesOn() async throws {
        let scene = Scene()
        defer { scene.bench.remove() }
        try await scene.start("r1", doors: ["a", "b"], steps: [["id": "work", "each": ["x"]]])
        await scene.bench.services.serving(scene.policy(1)) {
            scene.bench.services.runs.submit("r1")
            var arrivals = scene.doors.arrivals.makeAsyncIterator()
            _ = await arrivals.next()
            scene.grace.then { scene.doors.open("a") }
        }
        #expect(try await scene.types(of: "r1").last == "step.started")
        #expect(scene.reports.all == [])
        scene.doors.open("b")
        #expect(try await scene.other().services.runs.carryOn("r1").status == .achieved)
        #expect(try await scene.types(of: "r1").filter { $0.hasPrefix("step.") } == ["step.started", "step.finished"])
    }

    @Test func whatDoesNotEndInTimeIsCancelledAndGivenBack() async throws {
        let scene = Scene()
        defer { scene.bench.remove() }
        try await scene.start("r1", doors: ["a"])
        await scene.bench.services.serving(scene.policy()) {
            scene.bench.services.runs.submit("r1")
            var arrivals = scene.doors.arrivals.makeAsyncIterator()
            _ = await arrivals.next()
            scene.grace.then { scene.clock.advance(by: Scene.grace) }
        }
        #expect(try await scene.types(of: "r1").last == "tool_call.started")
        #expect(try await scene.bench.store.owners(at: scene.clock.now).isEmpty)
    }

    @Test func whoHasServedMayServeAgain() async throws {
        let scene = Scene()
        defer { scene.bench.remove() }
        await scene.bench.services.serving(scene.policy()) {}
        try await scene.start("r1")
        let rests = scene.rests()
        await scene.bench.services.serving(scene.policy()) {
            scene.bench.services.runs.submit("r1")
            var rest = rests.makeAsyncIterator()
            _ = await rest.next()
        }
        #expect(try await scene.bench.services.runs.state(of: "r1").isFinished)
    }
}

/// What to do when a process that is to end begins to wait for what is under way.
private final class Grace: Sendable {
    private let work = Mutex<(@Sendable () -> Void)?>(nil)
    func then(_ body: @escaping @Sendable () -> Void) { work.withLock { $0 = body } }
    func begins() { work.withLock(\.self)?() }
}

/// Doors that runs of one test wait at, by name.
private final class Doors: Sendable {
    let prefix = "\(UInt64.random(in: 0 ... .max))"
    let arrivals: AsyncStream<String>

    init() {
        let (stream, told) = AsyncStream.makeStream(of: String.self)
        arrivals = stream
        DoorTool.arrivals.withLock { $0[prefix] = told }
    }

    func key(_ name: String) -> String { "\(prefix)/\(name)" }
    func open(_ name: String) { DoorTool.door(key(name)).continuation.finish() }
}

/// Waits at a door.
struct DoorTool: Tool {
    typealias Door = (stream: AsyncStream<Never>, continuation: AsyncStream<Never>.Continuation)
    static let id: ModuleID = "door"
    static let summary = "Waits at a door."
    static let reach: Set<Reach> = [.runs]
    static let doors = Mutex<[String: Door]>([:])
    static let arrivals = Mutex<[String: AsyncStream<String>.Continuation]>([:])

    struct Arguments: Fields {
        @Field("The door.") var name: String
        init() {}
    }

    init(settings: NoFields) throws(Failure) {}

    static func door(_ key: String) -> Door {
        doors.withLock { doors in
            if let door = doors[key] { return door }
            let door: Door = AsyncStream<Never>.makeStream()
            doors[key] = door
            return door
        }
    }

    func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let parts = arguments.name.split(separator: "/").map(String.init)
        Self.arrivals.withLock { $0[parts[0]] }?.yield(parts[1])
        for await _ in Self.door(arguments.name).stream {}
        if Task.isCancelled { throw Failure(.cancelled, "Cancelled.") }
        return ToolOutput("Through.")
    }
}
