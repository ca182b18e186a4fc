import PipelineEngine
import PipelineKit

/// `sluice replay`: a history folded again, with no model and no tool.
enum ReplayCommand: Subcommand {
    struct Options: Fields {
        @Field("Make each request to the model again, with the modules of today, and stop at the first that differs.")
        var strict: Bool = false
        @Field("Path of the database.") var db: String? = nil
        @Field("Print JSON.") var json: Bool = false
        init() {}
    }

    static let name = "replay"
    static let summary = "Plays a recorded run again, without a model and without tools, and shows where it ends."
    static let operands = [RecordedHistory.operand]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let history = try await RecordedHistory.find(operands, options.db, session)
        guard !options.strict else { return try repeatRequests(of: history, options, session) }
        var transcript = Transcript(of: history.run)
        for event in history.events {
            let lines = transcript.lines(for: event)
            if !options.json { lines.forEach(Output.line) }
        }
        let summary = RunSummary(transcript.state, run: history.run)
        if options.json {
            Output.line(summary.json.jsonText)
        } else {
            Output.line("")
            let end = "the run is \(summary.status.words), head \(transcript.state.head)"
            Output.line("\(history.events.count) events replayed; \(end).")
        }
        guard let kept = history.kept, kept != summary else { return .achieved }
        guard history.isWhole else { return .achieved }
        throw .broken("The replay does not end where the run did: its list entry says \(kept.json.jsonText).")
    }

    /// - Returns: not achieved, when a request is another one today.
    private static func repeatRequests(of history: RecordedHistory, _ options: Options, _ session: Session)
        throws(CommandError) -> ExitStatus
    {
        guard case .runStarted(let start)? = history.events.first?.payload else {
            throw .usage("The history does not begin with a run's start.")
        }
        do throws(Failure) {
            var replay = try StrictReplay(start, session.registry)
            for event in history.events {
                guard let difference = try replay.take(event) else { continue }
                show(difference, replay.count, options)
                return .notAchieved
            }
            show(nil, replay.count, options)
            return .achieved
        } catch {
            throw .usage(error.message)
        }
    }

    private static func show(_ difference: StrictReplay.Difference?, _ same: Int, _ options: Options) {
        if options.json {
            let found = difference.map {
                ["sequence": .int($0.sequence), "turn": .int($0.turn), "words": .string($0.words)] as JSONValue
            }
            return Output.line((["same": .int(same), "difference": found ?? .null] as JSONValue).jsonText)
        }
        guard let difference else { return Output.line("All \(same) requests are today what they were.") }
        Output.line("Event \(difference.sequence), the request of turn \(difference.turn), is another one today.")
        Output.line(difference.words.harmless)
        Output.line("\(same) requests before it are the same.")
    }
}
