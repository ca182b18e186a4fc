/// What a model is asked.
public struct ModelRequest: Sendable, Hashable {
    /// The model's name as its service calls it.
    public var model: String
    /// Who the model is and what it works for; stands at the front of every request, unchanged.
    public var system: String
    public var messages: Messages
    public var tools: [ToolSpecification]
    /// Tokens of the reply, at most.
    public var maximumOutput: Int
    /// What the text of the reply is to be JSON of; `nil` for words.
    public var form: ReplyForm?
    /// The images that ``messages`` refer to, by digest; whoever asks puts them in just before the request.
    public var images: [String: Image]

    public init(
        model: String,
        system: String,
        messages: Messages,
        tools: [ToolSpecification],
        maximumOutput: Int,
        form: ReplyForm? = nil,
        images: [String: Image] = [:]
    ) {
        self.model = model
        self.system = system
        self.messages = messages
        self.tools = tools
        self.maximumOutput = maximumOutput
        self.form = form
        self.images = images
    }
}

/// One message of a conversation.
public enum Message: Sendable, Hashable {
    case user(String)
    /// - Parameter keepsake: What ``ModelReply/keepsake`` was.
    case assistant(String, calls: [ToolCall], keepsake: JSONValue? = nil)
    /// - Parameter images: What the tool returned besides text; their bytes are in ``ModelRequest/images``.
    case tool(call: CallID, name: String, text: String, isError: Bool, images: [ImageReference] = [])
}

/// A call the model asks for.
public struct ToolCall: Sendable, Hashable {
    /// The name the model's service gave the call; it must be answered under the same.
    public var id: CallID
    public var tool: String
    /// The arguments exactly as the model wrote them, which may not be JSON at all.
    public var arguments: String

    public init(id: CallID, tool: String, arguments: String) {
        self.id = id
        self.tool = tool
        self.arguments = arguments
    }
}

/// A tool as a model is told of it.
public struct ToolSpecification: Sendable, Hashable {
    public var name: String
    public var summary: String
    /// JSON Schema of the arguments.
    public var arguments: JSONValue

    public init(name: String, summary: String, arguments: JSONValue) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
    }
}

/// What a model answered.
public struct ModelReply: Sendable, Hashable {
    public enum Stop: String, Choice {
        /// The model had said all it wanted, calls included.
        case finished
        /// The reply reached the limit of its length.
        case length
        /// The service withheld the rest.
        case filtered
    }

    public var text: String
    public var calls: [ToolCall]
    public var usage: Usage
    public var stop: Stop
    /// What the provider wants to be given back with this reply in later requests, as a vendor may for signed reasoning;
    /// the engine keeps it and looks at nothing in it. Another provider passes over what it does not know.
    public var keepsake: JSONValue?

    public init(
        text: String,
        calls: [ToolCall] = [],
        usage: Usage = Usage(),
        stop: Stop = .finished,
        keepsake: JSONValue? = nil
    ) {
        self.keepsake = keepsake
        self.text = text
        self.calls = calls
        self.usage = usage
        self.stop = stop
    }
}

/// Tokens that a reply used.
public struct Usage: Sendable, Hashable {
    /// All tokens read, cached ones included.
    public var input: Int
    /// Those of ``input`` that came from the service's cache.
    public var cached: Int
    /// Those of ``input`` that the service wrote into its cache, for requests to come.
    public var cacheWrites: Int
    /// All tokens written, reasoning included.
    public var output: Int
    /// Those of ``output`` that the model thought with.
    public var reasoning: Int

    public init(input: Int = 0, cached: Int = 0, cacheWrites: Int = 0, output: Int = 0, reasoning: Int = 0) {
        self.input = input
        self.cached = cached
        self.cacheWrites = cacheWrites
        self.output = output
        self.reasoning = reasoning
    }

    public var total: Int { input.adding(output) }

    public static func + (left: Usage, right: Usage) -> Usage {
        Usage(
            input: left.input.adding(right.input),
            cached: left.cached.adding(right.cached),
            cacheWrites: left.cacheWrites.adding(right.cacheWrites),
            output: left.output.adding(right.output),
            reasoning: left.reasoning.adding(right.reasoning)
        )
    }
}

/// A piece of a reply, as it comes.
public enum ModelPiece: Sendable, Hashable {
    case text(String)
    case reasoning(String)
    /// The model has begun to ask for a call of this tool.
    case call(tool: String)
}
