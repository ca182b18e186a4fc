import PipelineEngine
import PipelineKit

/// `sluice key`: who may reach a server.
enum KeyCommand: Subcommand {
    struct Options: Fields {
        @Field("How long a new key works; for ever when left out.") var expires: Duration? = nil
        @Field("Path of the database.") var db: String? = nil
        @Field("Print JSON.") var json: Bool = false
        init() {}
    }

    static let name = "key"
    static let summary = "Adds, lists and removes the keys with which clients reach 'sluice serve'."
    static let operands = [
        Operand(name: "ACTION", help: "add, list or remove."),
        Operand(name: "NAME", help: "Who uses the key, such as ci; with 'remove' also its id.", isOptional: true),
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let keys = KeyRing(store: try session.store(options.db), clock: session.clock)
        let name = operands.dropFirst().first
        switch (operands[0], name) {
        case ("add", let name?): try await add(name, to: keys, options, session.clock.now())
        case ("list", nil): try await list(keys, options)
        case ("remove", let name?):
            try await asking { () throws(ServiceError) in try await keys.remove(name) }
            Output.line("Removed '\(name.harmless)'. A server that runs refuses the key within seconds.")
        case ("add", nil), ("remove", nil):
            throw .usage("'sluice key \(operands[0])' needs NAME: who uses the key, such as ci.")
        case ("list", _?): throw .usage("'sluice key list' takes no name.")
        case (let action, _):
            let near = Suggestion.sentence(for: action, among: ["add", "list", "remove"])
            throw .usage("There is no 'sluice key \(action)'.\(near) There are: add, list, remove.")
        }
        return .achieved
    }

    private static func add(_ name: String, to keys: KeyRing, _ options: Options, _ now: Instant)
        async throws(CommandError)
    {
        let (presented, key) = try await asking { () throws(ServiceError) in
            try await keys.add(name, expiresAt: options.expires.map { now + $0 })
        }
        guard !options.json else { return Output.line(key.json(presented: presented).jsonText) }
        Output.line(presented)
        Output.error("This is the key of '\(name)'. It is shown this once; only its digest is kept.")
    }

    private static func list(_ keys: KeyRing, _ options: Options) async throws(CommandError) {
        let all = try await asking { () throws(ServiceError) in try await keys.list() }
        if all.isEmpty, !options.json { Output.line("There is no key yet. 'sluice key add NAME' makes one.") }
        for key in all { Output.line(options.json ? key.json(presented: nil).jsonText : row(key)) }
    }

    private static func row(_ key: APIKey) -> String {
        let used = key.lastUsedAt.map { "used \($0)" } ?? "never used"
        let parts = [key.id, key.name.padded(to: 16), "made \(key.createdAt)", used]
        return (parts + (key.expiresAt.map { ["expires \($0)"] } ?? [])).joined(separator: "  ").harmless
    }
}

extension APIKey {
    fileprivate func json(presented: String?) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "name": .string(name), "created_at": .string("\(createdAt)"),
        ]
        members["key"] = presented.map(JSONValue.string)
        members["expires_at"] = expiresAt.map { .string("\($0)") }
        members["last_used_at"] = lastUsedAt.map { .string("\($0)") }
        return .object(members)
    }
}
