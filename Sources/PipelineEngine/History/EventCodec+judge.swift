import PipelineKit

// What models that judge are asked and answer, as it is stored.

extension JudgeIntent {
    var body: [String: JSONValue] {
        check.body.adding([
            "number": .int(number), "attempt": .int(attempt), "model": .string(model),
            "reserved_tokens": .int(reserved.tokens), "reserved_cost": reserved.cost?.json,
            "request": .string("\(request)"),
        ])
    }

    init?(_ body: EventBody) {
        guard let check = CheckName(body), let number = body.integer("number"), let attempt = body.integer("attempt"),
            let model = body.text("model"), let tokens = body.integer("reserved_tokens"),
            let request = body.digest("request")
        else { return nil }
        let reserved = Spending(tokens: tokens, cost: body.money("reserved_cost"))
        self.init(check: check, number: number, attempt: attempt, model: model, reserved: reserved, request: request)
    }
}

extension JudgeReply {
    var body: [String: JSONValue] {
        ["number": .int(number), "text": .string(text), "stop": .string(stop.rawValue)]
            .adding(usage.members).adding(["cost": cost?.json])
    }

    init?(_ body: EventBody) {
        guard let number = body.integer("number"), let text = body.text("text"),
            let stop: ModelReply.Stop = body.word("stop"), let usage = Usage(body)
        else { return nil }
        self.init(number: number, text: text, usage: usage, cost: body.money("cost"), stop: stop)
    }
}

extension Event.Payload {
    static func judgeFailed(_ body: EventBody) -> Self? {
        guard let number = body.integer("number"), let attempt = body.integer("attempt"),
            let failure = body.object("failure").flatMap(Failure.init)
        else { return nil }
        return .judgeFailed(number: number, attempt: attempt, failure)
    }
}

extension Usage {
    init?(_ body: EventBody) {
        guard let input = body.integer("input_tokens"), let cached = body.integer("cached_tokens"),
            let output = body.integer("output_tokens")
        else { return nil }
        self.init(
            input: input,
            cached: cached,
            cacheWrites: body.integer("cache_write_tokens") ?? 0,
            output: output,
            reasoning: body.integer("reasoning_tokens") ?? 0
        )
    }
}
