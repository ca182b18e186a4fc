import CLinux
import Foundation
import Glibc
import PipelineKit
import ProviderKit
import Testing

/// What all the faults leave behind: nothing. Measured in a process of its own, because descriptors and memory are the
/// whole process's.
@Suite(.timeLimit(.minutes(5)))
struct LeakTests {
    /// Allocated memory that may be more after the last round than after the first, in bytes: what the allocator keeps for each
    /// thread varies by some tens of kilobytes. A single answer of those that are too long would be 16 times as much.
    static let slack = 1 << 20

    @Test func faultsLeaveNoDescriptorAndNoMemoryBehind() async {
        await #expect(processExitsWith: .success) {
            try await ModelServer.run("faulty_server.py") { server in
                try await LeakTests.round(server)  // libcurl itself and all that is made once
                let descriptors = try await LeakTests.descriptors()
                var held: [Int] = []
                for _ in 1...6 {
                    try await LeakTests.round(server)
                    #expect(try await LeakTests.descriptors(atMost: descriptors) <= descriptors)
                    held.append(sluice_allocated_bytes())
                }
                #expect((held.last ?? .max) - (held.first ?? 0) < LeakTests.slack, "After each round: \(held) bytes.")
            }
        }
    }

    /// Every fault in every dialect, by a transport of its own.
    static func round(_ server: ModelServer) async throws {
        let faults = FaultTests.silences + FaultTests.endless + FaultTests.garbage + FaultTests.resets
        let brief = faults.map { $0.within(idle: .milliseconds(200), total: .milliseconds(400)) }
        await ask(brief, server)
        let large = ["event", "line", "calls/2000", "pieces/5000000"].map { Fault($0, .unavailable, "") }
        for fault in large { await ask([fault], server) }
    }

    private static func ask(_ faults: [Fault], _ server: ModelServer) async {
        let transport = CurlTransport()
        await withDiscardingTaskGroup { group in
            for speech in Spoken.allCases {
                for fault in faults where speech != .gemini || fault.name != "pieces/5000000" {
                    group.addTask {
                        _ = try? await speech.ask(
                            fault.name,
                            at: server.port,
                            by: transport,
                            idle: fault.idle,
                            total: fault.total
                        )
                    }
                }
            }
        }
    }

    /// - Parameter most: Waits until there are no more, for ten seconds: the thread of a transport that was released ends
    ///   a moment later.
    static func descriptors(atMost most: Int? = nil) async throws -> Int {
        for _ in 0..<(most == nil ? 1 : 1_000) {
            let count = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            if let most, count <= most { return count }
            try await Task.sleep(for: .milliseconds(10))
        }
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}
