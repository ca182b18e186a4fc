import FoundationEssentials
import PipelineKit

/// What is asked of `sluice bench engine`, checked.
struct EngineOrder: Sendable {
    let scenario: EngineScenario
    /// Of each run.
    let steps: Int
    let runs: Int
    let bytes: Int
    /// Steps at which a latency is told.
    let marks: Set<Int>
    /// Absolute path; `nil` for a new directory that is removed in the end.
    let directory: String?
    let store: BenchCommand.Store
    /// Whether steps may not be repeated.
    let once: Bool

    /// The most that a pipeline's replies, and a person's patience, are good for.
    private static let most = 1_000_000
    /// An output of more bytes reaches the model in part only, and the conversation would not grow by all of it.
    private static let mostBytes = 16_000

    /// - Throws: all that is wrong, at once.
    init(_ word: String, _ options: BenchCommand.Options) throws(CommandError) {
        var problems = Self.amountProblems(options)
        let marks = Self.marks(in: options.marks)
        if marks == nil {
            problems.append(
                "Option '--marks' must be numbers of steps from 1, such as '100,1000', but is '\(options.marks)'."
            )
        }
        let scenario = EngineScenario(rawValue: word)
        if scenario == nil { problems.insert(Self.unknown(word), at: 0) }
        var directory: String?
        do throws(CommandError) {
            directory = try options.dir.map { path throws(CommandError) in try existingDirectory(path, of: "--dir") }
            if let scenario { problems += Self.placeProblems(scenario, options.store, directory) }
        } catch {
            problems.append(error.message)
        }
        guard problems.isEmpty, let scenario, let marks else { throw .usage(problems.joined(separator: "\n")) }
        self.scenario = scenario
        self.marks = marks
        self.directory = directory
        steps = scenario == .wait ? EngineScenario.stepsOfWait : options.n
        runs = options.runs
        bytes = options.bytes
        store = options.store
        once = options.once || scenario == .turns
    }

    private static func unknown(_ word: String) -> String {
        let all = EngineScenario.allCases.map(\.rawValue)
        let near = Suggestion.sentence(for: word, among: all)
        return "There is no scenario '\(word)'.\(near) There are: \(all.joined(separator: ", "))."
    }

    private static func amountProblems(_ options: BenchCommand.Options) -> [String] {
        let amounts = [
            ("n", options.n, 1...most), ("runs", options.runs, 1...most), ("bytes", options.bytes, 0...mostBytes),
        ]
        return amounts.compactMap { name, value, range in
            range.contains(value)
                ? nil : "Option '--\(name)' must be from \(range.lowerBound) to \(range.upperBound), but is \(value)."
        }
    }

    /// - Returns: none for an empty text, `nil` for what are no numbers of steps.
    private static func marks(in text: String) -> Set<Int>? {
        var marks: Set<Int> = []
        guard !text.isEmpty else { return marks }
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let mark = Int(word), mark > 0 else { return nil }
            marks.insert(mark)
        }
        return marks
    }

    // MARK: - Where

    private static func placeProblems(
        _ scenario: EngineScenario,
        _ store: BenchCommand.Store,
        _ directory: String?
    ) -> [String] {
        var problems: [String] = []
        if scenario.needsFile, store == .memory {
            problems.append("Scenario '\(scenario)' is about a file, and '--store memory' keeps none. Leave that out.")
        }
        guard let directory else {
            guard scenario.outlivesProcess else { return problems }
            return problems + ["Scenario '\(scenario)' needs a directory that outlives it. Give one with --dir."]
        }
        return problems + (contentsProblem(scenario, directory).map { [$0] } ?? [])
    }

    private static func contentsProblem(_ scenario: EngineScenario, _ directory: String) -> String? {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted() } catch {
            return "The directory '\(directory)' cannot be read. Give one of your own with --dir."
        }
        let isBegun = names.contains(EngineBench.database)
        switch scenario {
        case .resume:
            return isBegun ? nil : nothing(toResumeIn: directory)
        case .kill where isBegun:
            return nil
        case .steps, .grow, .turns, .crash, .conc, .wait, .kill, .lists:
            guard let first = names.first else { return nil }
            let more = names.count == 1 ? "" : " and \(names.count - 1) more"
            return
                "The directory '\(directory)' is not empty: it holds '\(first)'\(more). Give an empty one with --dir."
        }
    }

    static func nothing(toResumeIn directory: String) -> String {
        """
        There is no run to resume in '\(directory)'. Begin one there: \
        sluice bench engine crash --dir \(directory)
        """
    }
}
