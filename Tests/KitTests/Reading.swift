import PipelineKit

/// What a value reads as, or the sentences that refuse it.
func reading<Value: FieldValue>(_ type: Value.Type, _ json: JSONValue) -> (value: Value?, messages: [String]) {
    var reader = FieldReader()
    let value = Value(json, &reader)
    return (value, reader.problems.map(\.message))
}

/// The mistakes in a document, each as `place: sentence`; a mistake in a key is at `key place`.
func mistakes<Group: Fields>(_ type: Group.Type, _ json: JSONValue) -> [String] {
    do throws(FieldProblems) {
        _ = try Group(json: json)
        return []
    } catch {
        return error.all.map { ($0.place == .key ? "key " : "") + "\($0.path): \($0.message)" }
    }
}
