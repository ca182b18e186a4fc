public import PipelineKit

extension ScriptedProvider {
    /// What a script may be: a list of replies, or all that it may hold.
    public static var script: ValueSchema { .oneOf([.list(ScriptedReply.schema), Script.schema]) }

    /// Notes what is wrong with a script that stands in another document.
    public static func check(_ json: JSONValue, _ reader: inout FieldReader) {
        if case .array = json { _ = [ScriptedReply](json, &reader) } else { _ = Script(json, &reader) }
    }
}
