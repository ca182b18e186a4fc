import PipelineKit

/// `{"name":"shop","git_url":"https://example.org/shop.git"}`
struct RepositoryBody: Fields {
    @Field("What people call it.") var name: String
    @Field("Where it is cloned from; an empty directory when left out.") var gitUrl: String? = nil
    init() {}
}

/// `{"prompt":"Mend the sum."}`
struct PromptBody: Fields {
    @Field("What is to be done.") var prompt: String
    init() {}
}

/// `{"text":"Take the second one."}`
struct InputBody: Fields {
    @Field("The answer.") var text: String
    init() {}
}

/// `{"approved":false,"reason":"too risky"}`
struct ResolveBody: Fields {
    @Field("Whether it may happen; what is not approved is blocked.") var approved: Bool = false
    @Field("Why, or what is to be done instead.") var reason: String? = nil
    @Field("The answer to a question.") var response: String? = nil
    init() {}
}

/// `{"token":"abc123","platform":"ios"}`
struct DeviceBody: Fields {
    @Field("What the push service knows the device by.") var token: String
    @Field("What kind of device it is.") var platform: String
    init() {}
}

/// `{"run_id":"…","type":"approval","tool":"Bash","request_id":"…","payload":{"command":"make"}}`
struct InteractionBody: Fields {
    @Field("The run that the agent works in.") var runId: String
    @Field("Whether yes or no is asked for, or words.") var type: Interaction.Kind
    @Field("What the agent is about to use.") var tool: String
    @Field("The same for the same question; the header 'X-M-Request-ID' stands before it.") var requestId: String? = nil
    @Field("What the tool is to be used with, or what is asked.") var payload: JSONValue? = nil
    init() {}
}

/// `{"run_id":"…","type":"approval","tool":"Bash","payload":"{\"command\":\"make\"}"}`
struct AskBody: Fields {
    @Field("The run that it is asked in.") var runId: String
    @Field("Whether yes or no is asked for, or words.") var type: Interaction.Kind
    @Field("What is about to be used.") var tool: String
    @Field("What it is to be used with: a text with JSON in it.") var payload: String? = nil
    init() {}
}

/// `{"type":"stdout","data":{"text":"ok"}}`, or a list of such under `events`.
struct ReportBody: Fields {
    @Field("What happened, the oldest first.") var events: [JSONValue]? = nil
    @Field("What one event is.") var type: String? = nil
    @Field("What it tells.") var data: JSONValue? = nil
    init() {}
}
