import LoadKit
import PipelineKit

extension ServeBench {
    /// How long the end of a step takes to reach its subscribers: recorded, handed out, sent and read.
    func measureFanout() throws(CommandError) {
        let steps = PacedSteps(count: amounts.rate * amounts.seconds, rate: amounts.rate)
        let played = try play(steps, [Group(.healthy, .socket, amounts.subscribers)])
        lines.tell("fanout", played.figures)
        try played.expectWhole()
    }

    /// What those cost that read nothing, and whether the others feel it.
    func measureSlow() throws(CommandError) {
        let readers = min(amounts.subscribers, Self.mostReaders)
        let rate = max(amounts.rate, Self.leastRate)
        let bytes = min(max(Self.bytesPerSecond / (readers * rate), 256), Self.mostBytes)
        let steps = PacedSteps(count: max(rate * amounts.seconds, Self.volume / bytes), rate: rate, bytes: bytes)
        for silent in [0, Self.silent(among: readers)] {
            let groups = [Group(.healthy, .socket, readers)] + (silent > 0 ? [Group(.silent, .socket, silent)] : [])
            let before = try metric(Self.dropped)
            let played = try play(steps, groups)
            var figures = played.figures
            figures["slow"] = .int(silent)
            figures["dropped"] = .int(try metric(Self.dropped) - before)
            figures["bytes"] = .int(bytes)
            figures["resident_bytes"] = .int(played.residentBefore)
            figures["peak_bytes"] = .int(played.peak)
            figures["endings"] = played.endingsOfSilent
            lines.tell("slow", figures)
            try played.expectWhole()
        }
    }

    private static let dropped = "sluice_slow_clients_dropped"

    /// One in ten, and one at least.
    static func silent(among readers: Int) -> Int { max(1, readers / 10) }

    /// Bytes for one that reads nothing: more than the server and two systems keep for it.
    private static let volume = 4 << 20
    /// Bytes for all, so many as two processors can move and still be in time.
    private static let bytesPerSecond = 100 << 20
    /// Of one output; more would not be in the event.
    private static let mostBytes = 15_000
    private static let mostReaders = 200
    /// Steps a second; with fewer it would take minutes to fill what is kept for one that does not read.
    private static let leastRate = 50

    // MARK: - A run with its crowd

    /// Plays a run from its release to the end of all streams.
    private func play(_ steps: PacedSteps, _ groups: [Group]) throws(CommandError) -> Played {
        let run = try park(steps)
        let crowd = try gather(groups, of: run)
        defer { crowd.leave() }
        server.forgetPeak()
        let resident = server.resident
        let (before, own, began) = (server.cpu, ServerProcess.ownCPU, MonotonicClock.nanoseconds)
        try release(run)
        let deadline = MonotonicClock.milliseconds + 10 * steps.count * 1000 / steps.rate + Self.patience
        var milestone = crowd.next(by: deadline)
        let used = (server: server.cpu - before, own: ServerProcess.ownCPU - own)
        let seconds = Double(MonotonicClock.nanoseconds - began) / 1e9
        let peak = server.peak
        if case .read = milestone {
            crowd.readAll()
            milestone = crowd.next(by: deadline)
        }
        guard milestone == .over else {
            throw .broken("Not all streams of run '\(run)' ended in time, though it has.")
        }
        let row = try wait(for: run, to: "not_achieved")
        return Played(
            crowd: crowd,
            steps: steps,
            events: row["events"]?.integer ?? 0,
            seconds: seconds,
            used: used,
            residentBefore: resident,
            peak: peak
        )
    }

    /// Has followers come to a run, and waits until all have the stream.
    func gather(_ groups: [Group], of run: String) throws(CommandError) -> Crowd {
        var plan = CrowdPlan(port: server.port, run: run, groups: groups)
        plan.isTimed = true
        let crowd = Crowd(plan)
        let wanted = crowd.followers.count
        let milestone = crowd.next(by: MonotonicClock.milliseconds + Self.patience)
        guard milestone == .open(wanted) else {
            let reasons = Set(crowd.followers.compactMap(\.ending)).sorted().joined(separator: ", ")
            let count = crowd.followers.count(where: \.hasOpened)
            crowd.leave()
            throw .broken("Of \(wanted) subscribers \(count) were let in: \(reasons)")
        }
        return crowd
    }
}
