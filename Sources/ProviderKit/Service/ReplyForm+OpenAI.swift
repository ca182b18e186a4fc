public import PipelineKit

extension ReplyForm {
    /// The form as OpenAI wants it in both of its interfaces: strict where the schema can be closed, and else as it is.
    public var openAI: JSONValue {
        let closed = FormSchema(schema).closed(requiringAll: true)
        return ["name": .string(name), "schema": closed ?? schema, "strict": .bool(closed != nil)]
    }
}
