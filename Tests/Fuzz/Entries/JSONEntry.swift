import PipelineKit

/// What must hold for any bytes taken as JSON: what is read is written in every form so that it reads back the same,
/// and the canonical form is its own.
@Sendable public func tryJSON(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes) else { return }
    for form in [JSONForm.compact, .pretty] {
        precondition((try? JSONValue(parsing: value.encoded(form))) == value, "A value does not read back to itself.")
    }
    let canonical = value.encoded(.canonical)
    guard let again = try? JSONValue(parsing: canonical) else {
        preconditionFailure("The canonical form does not read back.")
    }
    precondition(again.encoded(.canonical) == canonical, "The canonical form is not its own.")
}
