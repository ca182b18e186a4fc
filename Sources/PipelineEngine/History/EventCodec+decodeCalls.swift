import PipelineKit

// What is recorded of calls and of questions, as it is read.

extension ProposedCall {
    init?(_ body: EventBody) {
        guard let id: CallID = body.id("call"), let service: CallID = body.id("service_id"),
            let tool = body.text("tool"),
            let arguments = body.text("arguments"), let reach = body["reach"]?.elements
        else { return nil }
        let known = reach.compactMap { $0.text.flatMap(Reach.init) }
        guard known.count == reach.count else { return nil }
        let call = ToolCall(id: service, tool: tool, arguments: arguments)
        self.init(
            id: id,
            call: call,
            reach: Set(known),
            policy: body.text("policy"),
            awaitsHooks: body["hooks"] == true
        )
    }
}

extension RecordedOutput {
    init?(_ body: EventBody) {
        guard let text = body.text("text") else { return nil }
        let exitCode = body["exit_code"]?.integer
        let images = body.list("images").map(RecordedImage.init)
        guard images.allSatisfy({ $0 != nil }) else { return nil }
        self.init(
            text: text,
            exitCode: exitCode,
            isError: body["is_error"] == true,
            whole: body.digest("whole"),
            images: images.compactMap(\.self),
            snapshot: body.id("snapshot")
        )
    }
}

extension RecordedImage {
    init?(_ body: EventBody) {
        guard let mediaType: Image.MediaType = body.word("media_type"), let size = body.integer("bytes"),
            let digest = body.digest("digest")
        else { return nil }
        self.init(mediaType, size: size, digest: digest)
    }
}

extension Approval {
    init?(_ body: EventBody) {
        guard let id: ApprovalID = body.id("approval"), let subject = Subject(body),
            let question = body.text("question"),
            let shown = body.digest("shown"), let fallback: HumanPolicy.Fallback = body.word("on_deadline")
        else { return nil }
        var input: Input?
        if subject.asksForInput ?? (body["form"] != nil) {
            guard let read = Input(body) else { return nil }
            input = read
        }
        self.init(
            id: id,
            subject: subject,
            question: question,
            shown: shown,
            deadline: body.instant("deadline"),
            onDeadline: fallback,
            input: input,
            about: body["about"] ?? .null
        )
    }
}

extension Approval.Input {
    fileprivate init?(_ body: EventBody) {
        guard let schema = body["form"], let form = try? InputForm(schema: schema) else { return nil }
        self.init(form, state: body["state"] ?? .null)
    }
}

extension Approval.Subject {
    fileprivate init?(_ body: EventBody) {
        let subject: Self? =
            switch body.text("subject") {
            case "call": body.id("call").map(Self.call)
            case "repetition": body.id("call").map(Self.repetition)
            case "input": body.id("call").map(Self.input)
            case "check": CheckName(body).map(Self.check)
            case "plan": body.integer("turn").map(Self.plan)
            case "limit": body.word("limit").map(Self.limit)
            case "step": StepPlace(body).map { .step($0, run: body.id("run")) }
            case "outside": Self.fromOutside(body)
            default: nil
            }
        guard let subject else { return nil }
        self = subject
    }

    private static func fromOutside(_ body: EventBody) -> Self? {
        guard let key = body.text("key"), let tool = body.text("tool") else { return nil }
        return .outside(key: key, tool: tool)
    }
}

extension ToolRule {
    fileprivate static func recorded(_ json: JSONValue) -> ToolRule? {
        var reader = FieldReader()
        return ToolRule(json, &reader)
    }
}

extension CallEdit {
    init?(_ body: EventBody) {
        guard let arguments = body.text("arguments"), let shown = body.digest("shown"),
            let names = body["reach"]?.elements
        else { return nil }
        let reach = names.compactMap { $0.text.flatMap(Reach.init) }
        guard reach.count == names.count else { return nil }
        self.init(arguments: arguments, reach: Set(reach), shown: shown)
    }
}

extension Resolution {
    init?(_ body: EventBody) {
        guard let decision: Decision = body.word("decision"), let by = body.text("by") else { return nil }
        let grant = body["grant"].map(ToolRule.recorded)
        let edit = body.object("edit").map(CallEdit.init)
        // What is there and cannot be read would be taken for less than was answered.
        guard grant == nil || grant! != nil, edit == nil || edit! != nil else { return nil }
        self.init(
            decision,
            by: by,
            message: body.text("message") ?? "",
            grant: grant ?? nil,
            edit: edit ?? nil,
            answer: body["answer"],
            coveredBy: body.id("covered_by")
        )
    }
}

extension HookedCall {
    init?(_ body: EventBody) {
        guard let names = body["reach"]?.elements else { return nil }
        let reach = names.compactMap { $0.text.flatMap(Reach.init) }
        let decision: HookDecision? = body.word("decision")
        guard reach.count == names.count, (decision == nil) == (body["decision"] == nil) else { return nil }
        self.init(
            decision: decision,
            hook: body.text("hook") ?? "",
            reason: body.text("reason") ?? "",
            arguments: body.text("arguments"),
            reach: Set(reach),
            policy: body.text("policy")
        )
    }
}

extension HookFailure {
    init?(_ body: EventBody) {
        guard let hook = body.text("hook"), let moment = body.text("moment"), let reason = body.text("reason") else {
            return nil
        }
        self.init(hook: hook, moment: moment, reason: reason)
    }
}
