import PipelineKit

// The events of the model, as they are read.
extension Event.Payload {
    static func modelFailed(_ body: EventBody) -> Self? {
        guard let turn = body.integer("turn"), let attempt = body.integer("attempt"),
            let failure = body.object("failure").flatMap(Failure.init)
        else { return nil }
        return .modelFailed(turn: turn, attempt: attempt, failure, retryAt: body.instant("retry_at"))
    }

    static func modelFellBack(_ body: EventBody) -> Self? {
        guard let from = body.text("from").flatMap(ModelName.init), let to = body.text("to").flatMap(ModelName.init)
        else { return nil }
        return .modelFellBack(from: from, to: to)
    }

    static func compacted(_ body: EventBody) -> Self? {
        guard let dropped = body.integer("dropped"), let text = body.text("text") else { return nil }
        return .conversationCompacted(Compaction(dropped: dropped, text: text))
    }
}

extension ModelIntent {
    init?(_ body: EventBody) {
        guard let turn = body.integer("turn"), let attempt = body.integer("attempt"), let model = body.text("model"),
            let tokens = body.integer("reserved_tokens"), let request = body.digest("request")
        else { return nil }
        let reserved = Spending(tokens: tokens, cost: body.money("reserved_cost"))
        let purpose = body["purpose"] == nil ? .reply : body.text("purpose").flatMap(Purpose.init)
        guard let purpose else { return nil }
        self.init(
            turn: turn,
            attempt: attempt,
            model: model,
            reserved: reserved,
            request: request,
            purpose: purpose
        )
    }
}

extension RecordedReply {
    init?(_ body: EventBody) {
        guard let turn = body.integer("turn"), let text = body.text("text"),
            let stop: ModelReply.Stop = body.word("stop"), let usage = Usage(body)
        else { return nil }
        let (cost, keepsake) = (body.money("cost"), body["keepsake"])
        self.init(turn: turn, text: text, usage: usage, cost: cost, stop: stop, keepsake: keepsake)
    }
}
