import PipelineKit

/// Models as rows for a person: those that reach the goal more often first, and of these the cheaper.
struct ModelsTable {
    private let trials: [ModelTrials]

    init(_ trials: [ModelTrials]) {
        self.trials = trials.sorted { left, right in
            if left.rate != right.rate { return left.rate > right.rate }
            return (left.costOfSuccess ?? .greatest) < (right.costOfSuccess ?? .greatest)
        }
    }

    private static let head = ["model", "achieved", "iterations", "replies", "tokens", "time", "cost", "a success"]

    var lines: [String] { Columns.lines([Self.head] + trials.map(Self.cells), numbers: true) }

    private static func cells(_ trials: ModelTrials) -> [String] {
        [
            trials.model.description, "\(trials.achieved) of \(trials.outcomes.count)", number(trials.iterations),
            number(trials.replies), number(trials.tokens), Duration.seconds(trials.seconds).rounded.written,
            trials.cost.map { "\($0)" } ?? "unknown", trials.costOfSuccess.map { "\($0)" } ?? "-",
        ]
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value.tenths)"
    }
}

extension ModelTrials {
    fileprivate var rate: Double { outcomes.isEmpty ? 0 : Double(achieved) / Double(outcomes.count) }
}

extension Money {
    fileprivate static let greatest = Money(nanodollars: .max)
}

extension Duration {
    /// To the millisecond below a second, to the second above.
    fileprivate var rounded: Duration {
        self < .seconds(1)
            ? .milliseconds(Int((self / .milliseconds(1)).rounded())) : .seconds(Int((self / .seconds(1)).rounded()))
    }
}
