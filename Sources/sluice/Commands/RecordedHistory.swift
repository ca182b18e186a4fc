import FoundationEssentials
import PipelineEngine
import PipelineKit

/// A history from the database, or from a file that was exported; its chain holds.
struct RecordedHistory {
    var run: RunID
    var events: [Event]
    /// The row that lists show for the run; `nil` for a file.
    var kept: RunSummary?
    /// Where it was read; `nil` for a file.
    var services: Services? = nil

    /// What names one on the command line.
    static let operand = Operand(
        name: "RUN|FILE",
        help: "A run, or a file that 'sluice events --json' wrote; the newest run when left out.",
        isOptional: true
    )

    /// Whether the row tells of the same events; another process may have gone on in between.
    var isWhole: Bool { kept?.sequence == events.last?.sequence }

    static func find(_ operands: [String], _ database: String?, _ session: Session) async throws(CommandError)
        -> RecordedHistory
    {
        if let word = operands.first, word.contains("/") || FileManager.default.fileExists(atPath: word) {
            return try read(absolute(word))
        }
        let services = try session.services(database)
        let run = try await session.run(operands, services)
        let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: run) }
        let kept = try await asking { () throws(ServiceError) in try await services.runs.summary(of: run) }
        return RecordedHistory(run: run, events: events, kept: kept, services: services)
    }

    /// With the histories of the runs that worked for it. Those of a file are in the database, if its run is.
    func tree(_ database: String?, _ session: Session) async throws(CommandError) -> RunTree {
        let alone = RunTree(events)
        guard alone.namesOthers else { return alone }
        let known: Services
        if let services { known = services } else { known = try session.services(database) }
        return try await asking { () throws(ServiceError) in try await known.runs.tree(events) }
    }

    private static func read(_ path: String) throws(CommandError) -> RecordedHistory {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw .usage("The file '\(path)' cannot be read as text.")
        }
        var events: [Event] = []
        var run: RunID?
        for (index, line) in text.split(separator: "\n").enumerated() {
            do throws(StoreError) {
                let read = try EventLine(String(line), after: events.count, head: events.last?.digest ?? Chain.start)
                guard run == nil || run == read.run else {
                    throw StoreError.unreadable("This line is of run '\(read.run)', those before it of another.")
                }
                run = read.run
                events.append(read.event)
            } catch {
                throw CommandError(status: .notAchieved, message: "\(path):\(index + 1): \(error)")
            }
        }
        guard let run else { throw .usage("The file '\(path)' holds no events.") }
        return RecordedHistory(run: run, events: events)
    }
}
