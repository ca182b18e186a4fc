public import PipelineKit

/// A run that does the work of a step of another run: for which of its elements, and at which try.
public struct StepAttempt: Sendable, Hashable {
    public let run: RunID
    public let place: StepPlace
    /// The place of the element in the list, or of the model in the race, from 1; `nil` for a step that has neither.
    public let element: Int?
    /// Which try it is, from 1.
    public let number: Int

    /// Reads the name of the run, as ``StepWork`` gives it: `r1-2-3`, `r1-2-3-1`, `r1-2-3-1-t2`.
    ///
    /// - Parameter parent: The run whose step it is.
    /// - Returns: `nil` for a run that is called otherwise.
    init?(_ run: RunID, of parent: RunID, _ place: StepPlace) {
        guard run.value.hasPrefix("\(parent)-\(place.pass)-") else { return nil }
        var words = run.value.dropFirst(parent.value.count + 1).split(separator: "-").dropFirst(2)
        var number: Int? = 1
        if let last = words.last, last.hasPrefix("t") {
            number = Int(last.dropFirst())
            words.removeLast()
        }
        guard let number, words.count <= 1, words.allSatisfy({ Int($0) != nil }) else { return nil }
        (self.run, self.place, self.number) = (run, place, number)
        element = words.first.flatMap { Int($0) }
    }
}
