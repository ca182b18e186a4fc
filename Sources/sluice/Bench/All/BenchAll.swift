import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// Every benchmark there is, one after the other, each in processes of its own.
struct BenchAll {
    private let options: BenchCommand.Options
    /// Absolute path of an empty private directory; the disk that is measured.
    private let directory: String

    private typealias Part = (name: String, measure: () throws(CommandError) -> [Figure])

    init(_ options: BenchCommand.Options, directory: String) {
        self.options = options
        self.directory = directory
    }

    /// Prints the figures as they come.
    ///
    /// A part that fails is told, and does not keep the others from being measured.
    func run() async throws(CommandError) -> BenchRecord {
        let signals = StopSignals.clearingAway(directory, first: BenchChild.killAll)
        defer { withExtendedLifetime(signals) {} }
        var record = BenchRecord(
            at: EngineClock.system.now(),
            steps: options.n,
            machine: Machine(directory: directory).json
        )
        Output.line("Sluice \(Version.number), \(BenchRecord.build) build")
        Output.flush()
        for part in parts {
            do throws(CommandError) {
                let figures = try part.measure()
                FigureTable(figures).show()
                record.figures += figures
            } catch {
                // Whoever ended it early is about to end this process, and wants no record of what that broke.
                if BenchChild.areOver { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
                Output.error("\(part.name): \(error.message)")
                record.problems.append("\(part.name): \(error.message)")
            }
        }
        return record
    }

    private var parts: [Part] {
        let engine = EngineRounds(in: directory, steps: options.n)
        return [
            ("engine steps", engine.oneByOne), ("engine grow", engine.growing), ("engine crash", engine.crashing),
            ("engine conc", engine.together), ("engine wait", engine.waiting), ("engine kill", engine.killed),
            ("start", start),
            ("load", { () throws(CommandError) in try lines(["bench", "load", "--n", "\(options.n)"]) }),
            ("serve", { () throws(CommandError) in try lines(serving) }),
        ]
    }

    private var serving: [String] {
        let amounts = [("subscribers", options.subscribers), ("rate", options.rate), ("seconds", options.seconds)]
        return ["bench", "serve"] + amounts.flatMap { ["--\($0.0)", "\($0.1)"] }
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
