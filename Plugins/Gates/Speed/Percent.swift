import PipelineKit

/// A share as a person writes it: `10%`.
struct Percent: Sendable, Hashable {
    let written: String
    /// 0.1 for `10%`.
    let share: Double

    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` for anything but a number below 100 with its sign.
    init(_ text: String, of field: String) throws(Failure) {
        guard text.hasSuffix("%"), let number = Double(text.dropLast().trimmed), number >= 0, number < 100 else {
            throw Failure(.invalidInput, "Field '\(field)' must be a share such as '10%', but is '\(text)'.")
        }
        written = text
        share = number / 100
    }
}
