import PipelineEngine
import PipelineKit

/// What differs between what came and what was expected; each a sentence, and maybe lines below it.
struct TestVerdict: Sendable {
    private(set) var problems: [String] = []

    init(_ played: TestPlay.Played, _ test: PipelineTest) {
        let state = RunState(replaying: played.events)
        end(state, played, test.expect)
        events(played.events, test.expect.events)
        for (path, file) in test.expect.files.sorted(by: { $0.key < $1.key }) {
            let text = TestStage.text(of: path, in: played.workspace)
            if let problem = file.problem(with: path, holding: text) { problems.append(problem) }
        }
        if let iterations = test.expect.iterations, iterations != state.iteration {
            problems.append("iterations: expected \(iterations), came \(state.iteration)")
        }
        if let cost = test.expect.cost, state.spent.cost != cost {
            problems.append(
                "cost: expected \(cost), came \(state.spent.cost.map { "\($0)" } ?? "no cost that is known")"
            )
        }
        if played.unasked > 0 {
            let those = played.unasked == 1 ? "the last answer was" : "the last \(played.unasked) answers were"
            problems.append("\(those) not asked for")
        }
    }

    private mutating func end(_ state: RunState, _ played: TestPlay.Played, _ expected: TestExpectation) {
        let reason = Self.reason(played.events)
        if state.status.rawValue != expected.end.rawValue {
            var sentence = "end: expected \(expected.end.rawValue), came \(state.status.rawValue)"
            if let open = played.open {
                sentence += "; it asks, and the test has no answer left:\n\(open.quoted)"
            } else if !reason.isEmpty {
                sentence += ":\n\(reason.quoted)"
            }
            problems.append(sentence)
        }
        if let wanted = expected.reason, !reason.contains(wanted) {
            problems.append("reason: expected '\(wanted)' in it, came:\n\(reason.quoted)")
        }
    }

    private static func reason(_ events: [Event]) -> String {
        guard case .runFinished(_, let reason)? = events.last?.payload else { return "" }
        return reason
    }

    /// The first event that did not come, with where it was looked for.
    private mutating func events(_ events: [Event], _ expected: [EventExpectation]) {
        let tools = Self.tools(events)
        var rest = events[...]
        var last: Event?
        for wanted in expected {
            guard let found = rest.firstIndex(where: { wanted.fits($0, tool: Self.tool(of: $0, tools)) }) else {
                let place = last.map { " after event \($0.sequence), '\($0.payload.type)'" } ?? ""
                problems.append("events: expected \(wanted.words)\(place), came:\n\(Self.list(rest, wanted, tools))")
                return
            }
            last = rest[found]
            rest = rest[(found + 1)...]
        }
    }

    /// What came instead; with a type that nobody knows, what may have been meant.
    private static func list(_ events: ArraySlice<Event>, _ wanted: EventExpectation, _ tools: [CallID: String])
        -> String
    {
        let types = Set(events.map(\.payload.type)).sorted()
        let near = types.contains(wanted.type) ? "" : Suggestion.sentence(for: wanted.type, among: types)
        let lines = events.prefix(30).map { event in
            let error = error(in: event).map { " (\($0))" } ?? ""
            return "\(event.sequence) \(event.payload.type)" + (tool(of: event, tools).map { " \($0)" } ?? "") + error
        }
        let shown = lines.isEmpty ? "  | nothing more" : lines.map { "  | \($0)" }.joined(separator: "\n")
        return near.isEmpty ? shown : "\(shown)\n \(near)"
    }

    /// The first line of what a call said that did not do its work.
    private static func error(in event: Event) -> String? {
        guard case .callFinished(_, let output) = event.payload, output.isError else { return nil }
        return output.text.split(whereSeparator: \.isNewline).first.map { String($0).shortened(to: 160) }
    }

    private static func tools(_ events: [Event]) -> [CallID: String] {
        events.reduce(into: [:]) { tools, event in
            if case .callProposed(let proposed) = event.payload { tools[proposed.id] = proposed.call.tool }
        }
    }

    private static func tool(of event: Event, _ tools: [CallID: String]) -> String? {
        switch event.payload {
        case .callProposed(let proposed): proposed.call.tool
        case .callAssessed(let id, _), .callStarted(let id), .callFinished(let id, _), .callRefused(let id, _):
            tools[id]
        default: nil
        }
    }
}
