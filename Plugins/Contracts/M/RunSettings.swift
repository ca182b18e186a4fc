public import PipelineKit

extension M {
    /// How runs are made, and how long their hooks wait.
    public struct RunSettings: Fields, Hashable {
        @Field("The pipeline that every run is made of; an input 'prompt' is given the words of whoever asks.")
        public var pipeline: String = "task"
        @Field("Whether a repository may have several runs under way.") public var sideBySide: Bool = false
        @Field("How long the hook of an agent waits for an answer before it has to ask again.")
        public var patience: Duration = .seconds(300)
        @Field("A coding agent of another maker that does the work of every run.") public var agent: AgentSettings? =
            nil
        public init() {}

        public func check(_ reader: inout FieldReader) {
            guard !(.milliseconds(1) ... .seconds(3_600)).contains(patience) else { return }
            reader.problem(
                inValueOf: "patience",
                "must be at most 1h, and more than nothing, but is \(patience.written)."
            )
        }
    }
}
