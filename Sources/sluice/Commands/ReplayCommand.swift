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
        guard !options.strict else { return try await repeatRequests(of: history, options, session) }
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

    /// - Returns: not achieved, when a request is another one today, or requests of runs that worked for it are not there.
    private static func repeatRequests(of history: RecordedHistory, _ options: Options, _ session: Session)
        async throws(CommandError) -> ExitStatus
    {
        let tree = try await history.tree(options.db, session)
        let replay: TreeReplay
        do throws(Failure) { replay = try TreeReplay(tree, session.registry) } catch { throw .usage(error.message) }
        if options.json {
            Output.line(replay.json(without: tree.missing).jsonText)
        } else {
            for line in replay.lines(without: tree.missing) { Output.line(line.harmless) }
        }
        return replay.difference == nil && tree.missing.isEmpty ? .achieved : .notAchieved
    }
}

extension TreeReplay {
    fileprivate func json(without missing: [RunTree.Missing]) -> JSONValue {
        var members: [String: JSONValue] = ["same": .int(count), "difference": difference?.json ?? .null]
        if !missing.isEmpty { members["missing"] = .array(missing.map(\.json)) }
        return .object(members)
    }

    fileprivate func lines(without missing: [RunTree.Missing]) -> [String] {
        guard let difference else {
            let all = missing.isEmpty ? "All \(count) requests" : "All \(count) requests that can be read"
            return ["\(all) are today what they were."] + missing.lines
        }
        let request = difference.request
        let place = difference.work.isEmpty ? "" : " of run '\(difference.run)', for \(difference.work)"
        return [
            "Event \(request.sequence)\(place), the request of turn \(request.turn), is another one today.",
            request.words, "\(count) requests before it are the same.",
        ] + missing.lines
    }
}

extension TreeReplay.Difference {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "run": .string(run.value), "sequence": .int(request.sequence), "turn": .int(request.turn),
            "words": .string(request.words),
        ]
        if !work.isEmpty { members["for"] = .string(work) }
        return .object(members)
    }
}

extension [RunTree.Missing] {
    /// One for each, as far as a person reads them.
    var lines: [String] {
        let more = count > Self.mostTold ? ["And \(count - Self.mostTold) more runs cannot be read."] : []
        return prefix(Self.mostTold).map { "\($0)" } + more
    }

    private static var mostTold: Int { 10 }
}
