import PipelineEngine
import PipelineKit

/// `sluice cost`: what runs have spent, and for what.
enum CostCommand: Subcommand {
    enum Part: String, Choice {
        case turn, model, day
    }

    struct Options: Fields {
        @Field("What the lines are for; days are those of UTC.") var by: Part? = nil
        @Field("All runs together, and not one.") var all: Bool = false
        @Field("Path of the database.") var db: String? = nil
        @Field("Print one line a JSON object.") var json: Bool = false
        init() {}
    }

    static let name = "cost"
    static let summary = "Explains what a run has spent, by turn, model or day."
    static let operands = [Operand.run]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db)
        guard options.all else {
            let run = try await session.run(operands, services)
            let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: run) }
            let limit = RunState(replaying: events).limits.cost
            show(CostLedger(events).entries, by: options.by ?? .turn, limit: limit, asJSON: options.json)
            return .achieved
        }
        guard operands.isEmpty else { throw .usage("Option '--all' is for all runs, and '\(operands[0])' is one.") }
        guard options.by != .turn else { throw .usage("Turns are those of one run. Give '--by model' or '--by day'.") }
        show(try await all(services), by: options.by ?? .day, limit: nil, asJSON: options.json)
        return .achieved
    }

    private static func all(_ services: Services) async throws(CommandError) -> [CostLedger.Entry] {
        var entries: [CostLedger.Entry] = []
        var place: RunQuery.Place?
        repeat {
            let query = RunQuery(after: place, limit: 500)
            let rows = try await asking { () throws(ServiceError) in try await services.runs.list(query) }
            for row in rows {
                let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: row.run) }
                // What other runs have spent for this one stands in those.
                entries += CostLedger(events).entries.filter { !$0.isAgent }
            }
            place = rows.count < query.limit ? nil : rows.last.map(RunQuery.Place.init(of:))
        } while place != nil
        return entries
    }

    private static func show(_ entries: [CostLedger.Entry], by part: Part, limit: Money?, asJSON: Bool) {
        let groups = Dictionary(grouping: entries, by: part.key).sorted { $0.key < $1.key }
        if asJSON {
            for (key, entries) in groups { Output.line(CostLedger.Sum(entries).json(part, key.name).jsonText) }
            return
        }
        guard !entries.isEmpty else { return Output.line("Nothing was spent: no model has replied.") }
        let table = CostTable(title: part.rawValue, rows: groups.map { ($0.key.name, CostLedger.Sum($0.value)) })
        table.lines(total: CostLedger.Sum(entries)).forEach(Output.line)
        if let limit { Output.line("The limit is \(limit).") }
    }
}

extension CostCommand.Part {
    /// What is sorted by, and what is shown.
    fileprivate struct Key: Hashable, Comparable {
        var place: Int
        var name: String

        static func < (left: Key, right: Key) -> Bool { (left.place, left.name) < (right.place, right.name) }
    }

    fileprivate func key(_ entry: CostLedger.Entry) -> Key {
        switch self {
        // What judged after an iteration stands behind all turns, as it is no turn.
        case .turn where entry.isJudge: Key(place: .max, name: "check \(entry.iteration)")
        case .turn: Key(place: entry.turn, name: "\(entry.turn)")
        case .model: Key(place: 0, name: entry.model)
        case .day: Key(place: 0, name: String("\(entry.at)".prefix(10)))
        }
    }
}

extension CostLedger.Sum {
    fileprivate func json(_ part: CostCommand.Part, _ name: String) -> JSONValue {
        [
            part.rawValue: .string(name), "replies": .int(replies), "failed": .int(failed),
            "input_tokens": .int(usage.input), "cached_tokens": .int(usage.cached),
            "cache_write_tokens": .int(usage.cacheWrites), "output_tokens": .int(usage.output),
            "reasoning_tokens": .int(usage.reasoning), "tokens": .int(spent.tokens), "cost": spent.cost?.json ?? .null,
            "unpriced": .int(unpriced),
        ]
    }
}

/// Sums below each other, numbers to the right.
private struct CostTable {
    let title: String
    let rows: [(name: String, sum: CostLedger.Sum)]

    func lines(total: CostLedger.Sum) -> [String] {
        let head = [title, "replies", "read", "cached", "written", "thought", "cost"]
        let body = rows.map { Self.cells($0.name, $0.sum) } + [Self.cells("all", total)]
        return Columns.lines([head] + body, numbers: true).map(\.harmless) + Self.remarks(total)
    }

    private static func cells(_ name: String, _ sum: CostLedger.Sum) -> [String] {
        let cost = sum.spent.cost.map { "\($0)\(sum.unpriced == 0 ? "" : " and more")" } ?? "unknown"
        let (usage, replies) = (sum.usage, sum.failed == 0 ? "\(sum.replies)" : "\(sum.replies)+\(sum.failed)")
        return [
            name, replies, "\(usage.input)", "\(usage.cached)", "\(usage.output)", "\(usage.reasoning)", cost,
        ]
    }

    private static func remarks(_ total: CostLedger.Sum) -> [String] {
        var remarks: [String] = []
        if total.failed > 0 {
            remarks.append(
                "+\(total.failed): attempts without a reply that may have been charged; the most they can have cost counts."
            )
        }
        if total.unpriced > 0 {
            remarks.append("The price of \(total.unpriced) of them is not known; prices.yaml may tell it.")
        }
        return remarks
    }
}
