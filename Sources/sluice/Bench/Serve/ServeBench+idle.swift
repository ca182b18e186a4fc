import LoadKit
import PipelineKit

extension ServeBench {
    /// Those that are there before, so that what the first ones cost is not in the figure.
    private static let warm = 100

    /// What somebody costs who follows a run that waits.
    func measureIdle() throws(CommandError) {
        let run = try park(PacedSteps(count: 1, rate: 1))
        let first = try gather([Group(.healthy, .socket, Self.warm)], of: run)
        defer { first.leave() }
        let before = server.resident
        let crowd = try gather([Group(.healthy, .socket, amounts.subscribers)], of: run)
        defer { crowd.leave() }
        let (used, began) = (server.cpu, MonotonicClock.nanoseconds)
        guard crowd.next(by: MonotonicClock.milliseconds + amounts.seconds * 1000) == .late else {
            throw .broken("The subscribers of a run that waits were sent away.")
        }
        let percent = Double(server.cpu - used) / Double(MonotonicClock.nanoseconds - began) * 100
        let resident = server.resident
        lines.tell(
            "idle",
            [
                "subscribers": .int(amounts.subscribers),
                "bytes_each": .int((resident - before) / amounts.subscribers), "resident_bytes": .int(resident),
                "cpu_percent": .double(hundredths(percent)),
            ]
        )
    }
}
