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

    public init(model: String, system: String, messages: Messages, tools: [ToolSpecification], maximumOutput: Int) {
        self.model = model
        self.system = system
        self.messages = messages
        self.tools = tools
        self.maximumOutput = maximumOutput
    }
}

/// One message of a conversation.
public enum Message: Sendable, Hashable {
    case user(String)
    case assistant(String, calls: [ToolCall])
    case tool(call: CallID, name: String, text: String, isError: Bool)
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
    public enum Stop: String, Sendable, Hashable, CaseIterable {
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

    public init(text: String, calls: [ToolCall] = [], usage: Usage = Usage(), stop: Stop = .finished) {
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
    /// All tokens written, reasoning included.
    public var output: Int

    public init(input: Int = 0, cached: Int = 0, output: Int = 0) {
        self.input = input
        self.cached = cached
        self.output = output
    }

    public var total: Int { input.adding(output) }

    public static func + (left: Usage, right: Usage) -> Usage {
        Usage(
            input: left.input.adding(right.input),
            cached: left.cached.adding(right.cached),
            output: left.output.adding(right.output)
        )
    }
}

/// What a million tokens cost.
public struct Price: Sendable, Hashable {
    public var input: Money
    public var cached: Money
    public var output: Money

    public init(input: Money, cached: Money? = nil, output: Money) {
        self.input = input
        self.cached = cached ?? input
        self.output = output
    }

    public func cost(of usage: Usage) -> Money {
        input.forTokens(usage.input.subtracting(usage.cached)) + cached.forTokens(usage.cached)
            + output.forTokens(usage.output)
    }
}

/// A piece of a reply, as it comes.
public enum ModelPiece: Sendable, Hashable {
    case text(String)
    case reasoning(String)
    /// The model has begun to ask for a call of this tool.
    case call(tool: String)
}
