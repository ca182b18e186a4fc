public import PipelineKit

/// What the description of an interface (OpenAPI 3.1) says of a route.
public struct RouteDescription: Sendable, Hashable {
    /// One sentence.
    public var summary: String
    /// What the route belongs to: `runs`.
    public var tag: String
    public var query: [Parameter]
    /// The JSON schema of the body; `nil` for a route that takes none.
    public var body: JSONValue?
    /// By status; what the route itself answers. Errors that every route may answer need not be named.
    public var responses: [Int: Response]

    public struct Parameter: Sendable, Hashable {
        public var name: String
        public var help: String
        /// A JSON schema.
        public var schema: JSONValue
        public init(_ name: String, _ help: String, _ schema: JSONValue = ["type": "string"]) {
            self.name = name
            self.help = help
            self.schema = schema
        }
    }

    public struct Response: Sendable, Hashable {
        public var help: String
        public var type: String
        /// A JSON schema; `nil` for a body that is no JSON, or for none.
        public var schema: JSONValue?
        public init(_ help: String, type: String = "application/json", schema: JSONValue? = nil) {
            self.help = help
            self.type = type
            self.schema = schema
        }
    }

    public init(
        _ summary: String,
        tag: String,
        query: [Parameter] = [],
        body: JSONValue? = nil,
        responses: [Int: Response] = [:]
    ) {
        self.summary = summary
        self.tag = tag
        self.query = query
        self.body = body
        self.responses = responses
    }
}
