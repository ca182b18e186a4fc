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
