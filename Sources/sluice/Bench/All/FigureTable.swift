import PipelineKit

/// Figures as rows for a person.
struct FigureTable {
    let figures: [Figure]

    init(_ figures: [Figure]) { self.figures = figures }

    func show() {
        let width = figures.map(\.name.count).max() ?? 0
        for figure in figures {
            let value = Self.text(figure.value)
            let gap = String(repeating: " ", count: max(1, 10 - value.count))
            Output.line("  \(figure.name.padded(to: max(width, 48)))\(gap)\(value) \(figure.unit)")
        }
        Output.flush()
    }

    /// `12`, `0.5`; no figure of this program needs an exponent.
    private static func text(_ value: Double) -> String {
        value == value.rounded(.down) && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
