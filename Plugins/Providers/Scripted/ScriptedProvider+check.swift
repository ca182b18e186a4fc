public import PipelineKit

extension ScriptedProvider {
    /// Notes what is wrong with a script that stands in another document: a list of replies, or all that a script may hold.
    public static func check(_ json: JSONValue, _ reader: inout FieldReader) {
        if case .array = json { _ = [ScriptedReply](json, &reader) } else { _ = Script(json, &reader) }
    }
}
