import Foundation
import PipelineKit
import ProcessKit
import Testing

/// How much a command in a sandbox may use.
@Suite(.serialized) struct SandboxLimitTests {
    private func with<Value>(
        _ limit: WritableKeyPath<CommandLimits, Value>,
        _ most: Value,
        _ body: (Cell) async throws -> Void
    ) async throws {
        var policy = WorkspacePolicy()
        policy.commands[keyPath: limit] = most
        try await Cell.with(policy, body)
    }

    @Test func aProcessGetsNoMoreMemoryThanAllMayHave() async throws {
        try await with(\.memory, ByteCount(bytes: 200_000_000)) { cell async throws in
            let line = "python3 -c \"x = bytearray(400_000_000); print(len(x))\""
            #expect(try await cell.says(line).hasSuffix("MemoryError"))
        }
    }

    @Test func processesThatUseTooMuchMemoryTogetherAreEnded() async throws {
        try await with(\.memory, ByteCount(bytes: 200_000_000)) { cell async throws in
            let one = "python3 -c \"import time; x = bytearray(90_000_000); time.sleep(60)\" & "
            let finished = try await cell.run(String(repeating: one, count: 4) + "wait; echo never")
            let used = try #require(finished.memoryUsed)
            #expect(used > 200_000_000)
            #expect(finished.status == 137)
            #expect(!finished.output.text.contains("never"))
        }
    }

    @Test func aFileGrowsNoLargerThanItMay() async throws {
        try await with(\.file, ByteCount(bytes: 1_000_000)) { cell async throws in
            #expect(try await cell.run("head -c 2000000 /dev/zero > big").status == 128 + 25)
            #expect(try await cell.says("stat -c %s big") == "1000000")
        }
    }

    @Test func processorTimeRunsOut() async throws {
        try await with(\.cpu, .seconds(1)) { cell async throws in
            let finished = try await cell.run("exec sh -c 'while :; do :; done'")
            #expect([128 + 9, 128 + 24].contains(finished.status))
        }
    }

    /// The number of processes is a limit of the namespace since Linux 6.14, and before that of users other than root.
    @Test(.enabled(if: Self.limitsProcesses, "needs Linux 6.14, or a user other than root"))
    func aForkBombEndsAndTheMachineGoesOn() async throws {
        try await with(\.processes, 100) { cell async throws in
            let program = """
                import os, time
                count = 0
                try:
                    while count < 700:
                        if os.fork() == 0: time.sleep(20); os._exit(0)
                        count += 1
                except OSError: pass
                print(count)
                """
            let counted = Int(try await cell.says("exec python3 -c '\(program)'")) ?? 0
            // For root the system counts ids, of which it keeps 300 back once all have been used.
            #expect((50...400).contains(counted), "\(counted)")
            _ = try await cell.run("f() { f | f & }; f 2>/dev/null; sleep 1", timeout: .seconds(5))
            #expect(try await cell.says("echo alive") == "alive")
        }
    }

    private static var limitsProcesses: Bool {
        let release = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return getuid() != 0 || numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 14)
    }

    @Test func aGigabyteOfOutputIsReadInLittleMemory() async throws {
        try await Cell.with { cell async throws in
            var command = cell.command("head -c 1000000000 /dev/zero", timeout: .seconds(120))
            command.limit = OutputLimit(head: 1000, tail: 1000)
            let finished = try await run(command)
            #expect(finished.output.total == 1_000_000_000)
            #expect(finished.output.bytes.count < 3000)
        }
    }
}
