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
    /// Memory that may be more after the last rounds than after the first, in bytes; a single answer of those that are
    /// too long, kept in each round and dialect, would be ten times as much.
    static let slack = 32 << 20

    @Test func faultsLeaveNoDescriptorAndNoMemoryBehind() async {
        await #expect(processExitsWith: .success) {
            try await ModelServer.run("faulty_server.py") { server in
                try await LeakTests.round(server)  // libcurl itself and all that is made once
                let descriptors = try await LeakTests.descriptors()
                var resident: [Int] = []
                for _ in 1...6 {
                    try await LeakTests.round(server)
                    #expect(try await LeakTests.descriptors(atMost: descriptors) <= descriptors)
                    resident.append(try LeakTests.residentBytes())
                }
                let grown = (resident.suffix(3).min() ?? 0) - (resident.prefix(3).min() ?? 0)
                #expect(grown < LeakTests.slack, "Resident after each round: \(resident).")
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

    static func residentBytes() throws -> Int {
        sluice_return_freed_memory()
        let words = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
