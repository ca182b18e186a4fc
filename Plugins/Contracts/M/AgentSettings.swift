public import PipelineKit

extension M {
    /// A coding agent of another maker, as it is started for each run.
    public struct AgentSettings: Fields, Hashable {
        @Field(
            "The program with its arguments; it reads what is to be done on standard input, and works in its directory."
        )
        public var run: [String]
        @Field(
            "Environment variables for it besides PATH, HOME, LANG and their like; 'env:NAME' and its like stand for secrets."
        )
        public var env: [String: String] = [:]
        @Field("Whether it runs in the sandbox of its run.") public var confined: Bool = true
        @Field("How long it may work.") public var timeout: Duration = .seconds(3_600)
        public init() {}

        public func check(_ reader: inout FieldReader) {
            if run.isEmpty { reader.problem(inValueOf: "run", "must name a program.") }
        }
    }
}

extension M.AgentSettings {
    /// The name that the program is a provider of a pipeline by.
    private static let provider = "agent"

    /// Has the program do the work of a pipeline.
    ///
    /// - Parameter address: Where the server is reached from here; `nil` where that is not known.
    func take(over pipeline: inout Pipeline, for run: RunID, at address: String?) {
        let own: [String: JSONValue] = ["M_RUN_ID": .string(run.value), "M_RUN_TOKEN": Secret.runToken.json]
        let variables = own.adding(["M_SERVER_URL": address.map(JSONValue.string)])
        let seconds = JSONValue.string(timeout.written)
        pipeline.providers[Self.provider] = [
            "provider": "command", "run": .array(self.run.map(JSONValue.string)), "protocol": "prints",
            "env": .object(env.mapValues(JSONValue.string).merging(variables) { $1 }), "confined": .bool(confined),
            "total_timeout": seconds, "first_byte_timeout": seconds, "idle_timeout": seconds,
        ]
        let name = self.run.first?.split(separator: "/").last.map(String.init) ?? "program"
        pipeline.model = ModelName("\(Self.provider)/\(name)").map { ModelChain($0) }
        // It asks models of its own, and people by way of the server.
        if pipeline.workspace.network == .deny { pipeline.workspace.network = .allow }
    }
}
