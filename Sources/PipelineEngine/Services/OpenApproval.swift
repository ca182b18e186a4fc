public import PipelineKit

/// A question that nobody has answered, with what a list says of its run.
public struct OpenApproval: Sendable, Hashable {
    public var run: RunID
    public var pipeline: String
    /// Absolute path of the directory the person named.
    public var project: String
    /// Its question may be the beginning of a longer one.
    public var approval: Approval
    public var requestedAt: Instant
    /// Where the run stands in a list, for the next page.
    public var place: RunQuery.Place

    init(_ row: RunSummary, _ approval: Approval, requestedAt: Instant) {
        run = row.run
        pipeline = row.pipeline
        project = row.project
        self.approval = approval
        self.requestedAt = requestedAt
        place = RunQuery.Place(of: row)
    }

    /// The questions that a row holds; `nil` for a row of an earlier version, which only counted them.
    static func all(in row: RunSummary) -> [OpenApproval]? {
        guard let questions = row.details["questions"]?.elements else { return nil }
        return questions.compactMap { json in
            guard let requested = json["requested_at"]?.text.flatMap(Instant.init) else { return nil }
            return Approval(question: json).map { OpenApproval(row, $0, requestedAt: requested) }
        }
    }
}

extension Approval {
    /// An open question out of a row of a list; `nil` when it is something else.
    fileprivate init?(question json: JSONValue) {
        guard let id = json["id"]?.text, let subject = json["subject"].flatMap(Subject.init(json:)),
            let question = json["question"]?.text, let shown = json["shown"]?.text.flatMap(Digest.init),
            let fallback = json["on_deadline"]?.text.flatMap(HumanPolicy.Fallback.init)
        else { return nil }
        self.init(
            id: ApprovalID(id),
            subject: subject,
            question: question,
            shown: shown,
            deadline: json["deadline"]?.text.flatMap(Instant.init),
            onDeadline: fallback,
            input: json["form"].flatMap { try? InputForm(schema: $0) }.map { Input($0) }
        )
    }
}
