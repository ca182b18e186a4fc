import FoundationEssentials
import PipelineEngine
import PipelineKit

/// What is kept of a run besides its history: what it was asked for.
struct Order: Sendable {
    static let collection = "m.runs"

    var repository: String
    var prompt: String

    init(repository: String, prompt: String) {
        self.repository = repository
        self.prompt = prompt
    }

    /// - Returns: `nil` for a record that is none.
    init?(_ record: StoredRecord) {
        guard let repository = record.body["repo"]?.text, let prompt = record.body["prompt"]?.text else { return nil }
        self.init(repository: repository, prompt: prompt)
    }

    var body: JSONValue { ["repo": .string(repository), "prompt": .string(prompt)] }
}

/// A run as clients read it; times are whole seconds.
struct MRun: Sendable {
    let row: RunSummary
    /// `nil` for a run that was started through another interface.
    let order: Order?

    var json: JSONValue {
        [
            "id": .string(row.run.value), "repo_id": .string(order?.repository ?? row.group),
            "prompt": .string(order?.prompt ?? row.pipeline), "state": .string(MRunState(row).rawValue),
            "workspace_path": .string(row.project), "created_at": .int(row.startedAt.seconds),
            "updated_at": .int(row.updatedAt.seconds),
        ]
    }
}
