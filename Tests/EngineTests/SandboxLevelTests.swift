import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// A run records how its commands are confined, and is never confined less than that.
struct SandboxLevelTests {
    /// A keeper of sandboxes of which a test says whether they can be had.
    final class Walls: SandboxKeeper {
        private let problem = Mutex<Failure?>(nil)
        let least: WorkspacePolicy.Sandbox
        let down = Mutex(0)
        /// The rooms that were begun before a command needed them.
        let begun = Mutex(0)

        init(_ problem: Failure? = nil, least: WorkspacePolicy.Sandbox = .off) {
            self.least = least
            self.problem.withLock { $0 = problem }
        }

        func fail(_ failure: Failure) { problem.withLock { $0 = failure } }
        func check() throws(Failure) { if let failure = problem.withLock({ $0 }) { throw failure } }

        func walls(for run: RunID, _ workspace: Workspace, _ policy: WorkspacePolicy, _ tenant: SandboxTenant)
            throws(Failure) -> Confinement
        {
            try check()
            return Confinement(writable: [workspace.path], temporary: "/t", home: "/h")
        }

        func prepare(_ walls: Confinement) { begun.withLock { $0 += 1 } }
        func takeNetworkUse(of walls: Confinement) -> [NetworkUse] { [] }
        func takeDown(_ walls: Confinement) { down.withLock { $0 += 1 } }
        func discard(_ run: RunID) {}
    }

    static let missing = Failure(.missing, "There is no bubblewrap: apt-get install bubblewrap")

    private static let writing: JSONValue = ["calls": [RunningTests.write]]

    private func opened(_ sandbox: String, _ walls: Walls) async throws -> SandboxLevel? {
        let bench = Bench(sandboxes: walls)
        let run = try await bench.start([], workspace: ["sandbox": .string(sandbox)])
        return try await bench.services.runs.carryOn(run).workspace?.sandbox
    }

    @Test(arguments: ["preferred", "required"])
    func commandsAreConfinedWhereTheyCanBe(sandbox: String) async throws {
        #expect(try await opened(sandbox, Walls()) == .confined)
    }

    @Test func whatIsPreferredAndCannotBeHadIsRecordedWithItsReason() async throws {
        #expect(try await opened("preferred", Walls(Self.missing)) == .open(Self.missing.message))
    }

    @Test func whoeverTurnsItOffFindsThatRecorded() async throws {
        #expect(try await opened("off", Walls()) == .open("The pipeline turns the sandbox off."))
    }

    @Test func aMachineMayAskForMoreThanThePipeline() async throws {
        #expect(try await opened("off", Walls(least: .preferred)) == .confined)
        await #expect(throws: ServiceError.invalid(Self.missing.message)) {
            try await opened("off", Walls(Self.missing, least: .required))
        }
    }

    @Test func aRunThatRequiresWhatCannotBeHadIsNotStarted() async throws {
        await #expect(throws: ServiceError.invalid(Self.missing.message)) {
            try await opened("required", Walls(Self.missing))
        }
    }

    @Test func callsThatRunSideBySideShareOneSandbox() async throws {
        let walls = SlowWalls()
        let bench = Bench(sandboxes: walls)
        let run = try await bench.start(
            [["calls": .array(Array(repeating: ["tool": "look"], count: 4))]],
            limits: ["iterations": 1]
        )
        _ = try await bench.services.runs.carryOn(run)
        #expect(walls.calls.withLock(\.self) == 1)
    }

    @Test func aRunThatWasConfinedDoesNotGoOnWithout() async throws {
        let walls = Walls()
        let bench = Bench(sandboxes: walls)
        let run = try await bench.start([Self.writing], tools: ["allow": ["look"], "ask": ["write"]])
        let waiting = try await bench.services.runs.carryOn(run)
        let question = try #require(waiting.pendingApprovals.first)
        walls.fail(Self.missing)
        let yes = Resolution(.approved, by: "ada")
        try await bench.services.approvals.resolve(question.approval.id, of: run, with: yes, shown: nil)
        let ended = try await bench.services.runs.carryOn(run)
        #expect(ended.phase == .finished(.failed, reason: Self.missing.message))
    }

    /// Side by side: the tree is laid out and the room is made.
    @Test func theRoomOfTheFirstGateIsBegunBeforeItsTreeIsLaidOut() async throws {
        let walls = Walls()
        let seen = Mutex<[Int]>([])
        let workspaces = PlainWorkspaces(rebuilt: { _, _ in
            seen.withLock { $0.append(walls.begun.withLock(\.self)) }
        })
        let bench = Bench(sandboxes: walls, workspaces: workspaces)
        let ended = try await bench.services.runs.carryOn(try await bench.start([Self.writing]))
        #expect(ended.status == .achieved)
        // The goal before any work, and after it.
        #expect(seen.withLock(\.self) == [1, 2])
        // One for the calls, and one for each check.
        #expect(walls.down.withLock(\.self) == 3)
    }

    @Test func aRoomThatNoGateComesToIsLeftAllTheSame() async throws {
        let walls = Walls()
        let workspaces = PlainWorkspaces(rebuilt: { _, _ throws(Failure) in
            throw Failure(.unavailable, "The disk is full.")
        })
        let bench = Bench(sandboxes: walls, workspaces: workspaces)
        _ = try await bench.services.runs.carryOn(try await bench.start([]))
        let (begun, down) = (walls.begun.withLock(\.self), walls.down.withLock(\.self))
        #expect(begun > 0)
        #expect(begun == down)
    }

    @Test func wallsAreTakenDownWhenNobodyWorksOnTheRun() async throws {
        let walls = Walls()
        let bench = Bench(sandboxes: walls)
        _ = try await bench.services.runs.carryOn(try await bench.start([Self.writing]))
        #expect(walls.down.withLock { $0 } > 0)
    }
}

/// Takes long enough to make a sandbox that others would make one too.
private final class SlowWalls: SandboxKeeper {
    /// Sandboxes made for calls.
    let calls = Mutex(0)
    let least = WorkspacePolicy.Sandbox.off

    func check() {}
    func walls(for run: RunID, _ workspace: Workspace, _ policy: WorkspacePolicy, _ tenant: SandboxTenant) async
        -> Confinement
    {
        if case .calls = tenant { calls.withLock { $0 += 1 } }
        for _ in 0..<100 { await Task.yield() }
        return Confinement(writable: [workspace.path], temporary: "/t", home: "/h")
    }

    func prepare(_ walls: Confinement) {}
    func takeNetworkUse(of walls: Confinement) -> [NetworkUse] { [] }
    func takeDown(_ walls: Confinement) {}
    func discard(_ run: RunID) {}
}
