import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// The scenarios of `sluice bench engine`, each in processes of its own and in a directory of its own.
struct EngineRounds {
    /// Absolute path of a private directory.
    let directory: String
    let steps: Int
    private let kills = 10

    init(in directory: String, steps: Int) {
        self.directory = directory
        self.steps = steps
    }

    /// Steps one after the other, and bare rows as large as the event of a step: half of them before and half of them
    /// afterwards, as disks have their moods.
    func oneByOne() throws(CommandError) -> [Figure] {
        let bytes = EventCodec.encode(.callFinished("1.100", RecordedOutput(text: ""))).body.count
        let half = min(max(20, steps / 2), 1_000)
        var sqlite = try SQLiteBaseline(path: "\(try making("sqlite", in: directory))/baseline.db")
        let before = try sqlite.commits(half, bytes: bytes)
        let (elapsed, latencies, ending) = try timed("steps", steps, marks: [steps])
        let commits = before + (try sqlite.commits(half, bytes: bytes))
        // As the whole of the steps holds the slow ones too.
        let mean = commits.reduce(.zero, +) / commits.count
        let name = "engine, steps, \(steps) steps"
        return latencies.map { Figure("\(name), latency", $0.microseconds, "µs") } + [
            Figure("sqlite, commit", commits.median / .microseconds(1), "µs"),
            Figure("\(name), rate", Double(steps) / elapsed.seconds, "steps/s"),
            Figure("\(name), against a bare commit", elapsed / (mean * steps), "×"),
            Figure("\(name), memory", ending.megabytes, "MB"),
        ]
    }

    /// Whether a step costs more when there were many before it.
    func growing() throws(CommandError) -> [Figure] {
        let count = 5 * steps
        let place = try making("grow", in: directory)
        let (elapsed, latencies, ending) = try timed("grow", count, marks: [steps / 10, steps, count], in: place)
        let name = "engine, grow, \(count) steps"
        return latencies.map { Figure("engine, grow, step \($0.step), latency", $0.microseconds, "µs") } + [
            Figure("\(name), rate", Double(count) / elapsed.seconds, "steps/s"),
            Figure("\(name), memory", ending.megabytes, "MB"),
            Figure("\(name), disk a step", Double(Self.size(of: "\(place)/sluice.db")) / Double(count), "B"),
        ]
    }

    /// A process is killed in its last step; another one takes the run up and ends it.
    func crashing() throws(CommandError) -> [Figure] {
        let place = try making("crash", in: directory)
        var first = try child("crash", steps, in: place)
        try first.wait(for: "hang")
        first.kill()
        var second = try child("resume", steps, in: place)
        let (ready, resumed) = (try second.wait(for: "ready"), try second.wait(for: "resumed"))
        try second.wait(for: "end")
        let ending = try second.ended()
        let effects = try Effects(in: place, of: steps + 1)
        try effects.expectWhole(repeatedAtMost: 1)
        let name = "engine, resume, \(steps) steps"
        return [
            Figure("\(name), to the next step", (resumed - ready) / .milliseconds(1), "ms"),
            Figure("\(name), memory", ending.megabytes, "MB"),
            Figure("\(name), repeated", Double(effects.repeated), "steps"),
        ]
    }

    /// Many runs at once, each of few steps.
    func together() throws(CommandError) -> [Figure] {
        let (runs, each) = (50, max(1, steps / 20))
        let (elapsed, _, ending) = try timed("conc", each, runs: runs)
        let name = "engine, conc, \(runs) runs"
        return [
            Figure("\(name), rate", Double(runs * each) / elapsed.seconds, "steps/s"),
            Figure("\(name), memory", ending.megabytes, "MB"),
        ]
    }

    /// Runs that wait for a person, and go on with the answer.
    func waiting() throws(CommandError) -> [Figure] {
        let runs = 100
        var child = try child("wait", max(1, steps / 100), runs: runs, in: try making("wait", in: directory))
        try child.wait(for: "waiting")
        let memory = child.megabytes
        let began = ContinuousClock.now
        child.write("go\n")
        try child.wait(for: "end")
        let elapsed = ContinuousClock.now - began
        try child.ended()
        return [
            Figure("engine, wait, \(runs) runs, memory while they wait", memory, "MB"),
            Figure("engine, wait, \(runs) runs, answered and ended", elapsed / .milliseconds(1), "ms"),
        ]
    }

    /// A run whose process is killed again and again, at moments that nobody chose.
    func killed() throws(CommandError) -> [Figure] {
        let place = try making("kill", in: directory)
        let began = ContinuousClock.now
        var count = 0
        while count < kills {
            var child = try child("kill", steps, in: place)
            guard try Self.isUnderWay(&child) else { break }
            usleep(.random(in: 500...30_000))
            child.kill()
            count += 1
        }
        var last = try child("kill", steps, in: place)
        try last.wait(for: "end")
        try last.ended()
        let effects = try Effects(in: place, of: steps)
        try effects.expectWhole(repeatedAtMost: count)
        let name = "engine, kill, \(steps) steps"
        return [
            Figure("\(name), kills", Double(count), "kills"), Figure("\(name), lost", Double(effects.lost), "steps"),
            Figure("\(name), repeated", Double(effects.repeated), "steps"),
            Figure("\(name), until it ended", (.now - began) / .milliseconds(1), "ms"),
        ]
    }

    // MARK: -

    private typealias Latency = (step: Int, microseconds: Double)

    private static func isUnderWay(_ child: inout BenchChild) throws(CommandError) -> Bool {
        while let line = try child.line() {
            if line["ev"] == "resumed" { return true }
            if line["ev"] == "end" { return false }
        }
        return false
    }

    private func child(_ scenario: String, _ count: Int, runs: Int = 1, marks: [Int] = [], in place: String)
        throws(CommandError) -> BenchChild
    {
        let marks = marks.filter { $0 > 0 }.map(String.init).joined(separator: ",")
        let sizes = ["--n", "\(count)", "--runs", "\(runs)", "--marks", marks]
        return try BenchChild(["bench", "engine", scenario, "--dir", place] + sizes, in: directory)
    }

    /// Plays a scenario, and looks at the clock between `begin` and `end`.
    private func timed(_ scenario: String, _ count: Int, runs: Int = 1, marks: [Int] = [], in place: String? = nil)
        throws(CommandError) -> (elapsed: Duration, latencies: [Latency], ending: BenchChild.Ending)
    {
        let place = if let place { place } else { try making(scenario, in: directory) }
        var child = try child(scenario, count, runs: runs, marks: marks, in: place)
        var latencies: [Latency] = []
        let began = try child.wait(for: "begin")
        let ended = try child.wait(for: "end") { line in
            if let step = line["step"]?.integer, let time = line["us"]?.number { latencies.append((step, time)) }
        }
        return (ended - began, latencies, try child.ended())
    }

    private static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}

/// What `effects.log` says: how often each step was carried out.
private struct Effects {
    let lost: Int
    let repeated: Int

    init(in directory: String, of steps: Int) throws(CommandError) {
        let path = "\(directory)/effects.log"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw .broken("The file '\(path)' cannot be read.")
        }
        let all = text.split(separator: "\n")
        lost = steps - Set(all).count
        repeated = all.count - Set(all).count
    }

    /// A step that was under way at a kill may be carried out twice; none may be left out.
    func expectWhole(repeatedAtMost most: Int) throws(CommandError) {
        guard lost == 0, repeated <= most else {
            throw .broken("\(lost) steps were lost, and \(repeated) were carried out twice; \(most) may be.")
        }
    }
}

extension [Duration] {
    /// The one in the middle; there is at least one.
    var median: Duration { sorted()[count / 2] }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
