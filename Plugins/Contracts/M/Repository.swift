import FoundationEssentials
import PipelineEngine
import PipelineKit

/// A repository that runs work on.
struct Repository: Sendable, Hashable {
    static let collection = "m.repos"
    /// More are refused: all of them are listed at once.
    static let most = 1_000

    var id: String
    var name: String
    /// Where it is cloned from for each run; `nil` for an empty directory.
    var gitURL: String?
    var createdAt: Instant

    init(name: String, gitURL: String?, createdAt: Instant) {
        id = UUID().uuidString.lowercased()
        self.name = name
        self.gitURL = gitURL
        self.createdAt = createdAt
    }

    /// - Returns: `nil` for a record that is no repository.
    init?(_ record: StoredRecord) {
        guard let name = record.body["name"]?.text,
            let created = record.body["created_at"]?.integer.map(Instant.init(milliseconds:))
        else { return nil }
        id = record.id
        self.name = name
        gitURL = record.body["git_url"]?.text
        createdAt = created
    }

    /// As it is kept.
    var body: JSONValue {
        .object(
            ["name": .string(name), "created_at": .int(createdAt.milliseconds)].adding(
                ["git_url": gitURL.map(JSONValue.string)]
            )
        )
    }

    /// As clients read it; times are in seconds.
    var json: JSONValue {
        .object(
            ["id": .string(id), "name": .string(name), "created_at": .int(createdAt.seconds)].adding(
                ["git_url": gitURL.map(JSONValue.string)]
            )
        )
    }
}

extension Instant {
    /// Whole seconds since 1970, which is how this interface tells times.
    var seconds: Int { milliseconds / 1_000 }
}
