import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// Every benchmark there is, one after the other, each in processes of its own.
struct BenchAll {
    let steps: Int
    /// Absolute path of an empty private directory; the disk that is measured.
    let directory: String

    private typealias Part = (name: String, measure: () throws(CommandError) -> [Figure])

    /// Prints the figures as they come.
    ///
    /// A part that fails is told, and does not keep the others from being measured.
    func run() async throws(CommandError) -> BenchRecord {
        let signals = StopSignals { [directory] in
            BenchChild.killAll()
            try? FileManager.default.removeItem(atPath: directory)
            exit(130)
        }
        defer { withExtendedLifetime(signals) {} }
        var record = BenchRecord(
            at: EngineClock.system.now(),
            steps: steps,
            machine: Machine(directory: directory).json
        )
        Output.line("Sluice \(Version.number), \(BenchRecord.build) build")
        for part in parts {
            do throws(CommandError) {
                let figures = try part.measure()
                FigureTable(figures).show()
                record.figures += figures
            } catch {
                Output.error("\(part.name): \(error.message)")
                record.problems.append("\(part.name): \(error.message)")
            }
        }
        return record
    }

    private var parts: [Part] {
        let engine = EngineRounds(in: directory, steps: steps)
        return [
            ("engine steps", engine.oneByOne), ("engine grow", engine.growing), ("engine crash", engine.crashing),
            ("engine conc", engine.together), ("engine wait", engine.waiting), ("engine kill", engine.killed),
            ("start", start), ("load", { () throws(CommandError) in try lines(["bench", "load", "--n", "\(steps)"]) }),
            ("serve", { () throws(CommandError) in try lines(["bench", "serve"]) }),
        ]
    }

    private func start() throws(CommandError) -> [Figure] {
        try StartRounds(in: try making("start", in: directory)).all()
    }

    /// The figures of a part that prints them itself.
    private func lines(_ words: [String]) throws(CommandError) -> [Figure] {
        let place = try making(words[1], in: directory)
        var child = try BenchChild(words + ["--dir", place], in: place)
        var figures: [Figure] = []
        try child.ended { figures += Figure.all(in: $0, of: words[1]) }
        guard !figures.isEmpty else { throw .broken("'sluice \(words.joined(separator: " "))' printed no figures.") }
        return figures
    }
}
