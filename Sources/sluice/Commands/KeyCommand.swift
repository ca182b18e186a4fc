import PipelineEngine
import PipelineKit

/// `sluice key`: who may reach a server, and the keys with which Sluice reaches model services.
enum KeyCommand: Subcommand {
    struct Options: Fields {
        @Field("How long a key that is added works; for ever when left out.") var expires: Duration? = nil
        @Field("What all runs of a client's key may spend.") var cost: Money? = nil
        @Field("What they may spend on a day (UTC).") var costPerDay: Money? = nil
        @Field("Path of the database.") var db: String? = nil
        @Field("Print JSON.") var json: Bool = false
        init() {}
    }

    static let name = "key"
    static let summary = "Keeps the keys of model services, and those with which clients reach 'sluice serve'."
    static let operands = [
        Operand(
            name: "ACTION",
            help:
                "set, add, limit, list or remove: 'set' keeps the key of a model service, 'add' makes one for a client."
        ),
        Operand(
            name: "NAME",
            help: "With 'set' the service, such as openai or openai/work; with 'add' the client, such as ci.",
            isOptional: true
        ),
    ]

    /// The word may be a key: it is not quoted, and whoever wrote it is told what to do instead.
    static func refusal(of extra: String, after operands: [String]) -> String? {
        guard operands.first == "set" else { return nil }
        return """
            'sluice key set' takes no key as an argument: every program of this machine can read it there, and the shell \
            remembers it. Leave it out and type it when you are asked, or write it to standard input. If it was one that \
            works, have the service replace it.
            """
    }

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let keys = Keys(try session.store(options.db), session)
        let name = operands.dropFirst().first
        switch (operands[0], name) {
        case ("set", let name?): try await set(name, in: keys.vendors, options)
        case ("add", let name?): try await add(name, to: keys.clients, options, session.clock.now())
        case ("limit", let name?): try await limit(name, in: keys.clients, options)
        case ("list", nil): try await list(keys, options)
        case ("remove", let name?): try await remove(name, from: keys)
        case ("set", nil): throw .usage("'sluice key set' needs NAME: the service, such as openai or openai/work.")
        case ("add", nil): throw .usage("'sluice key add' needs NAME: who uses the key, such as ci.")
        case ("limit", nil): throw .usage("'sluice key limit' needs NAME: who uses the key, such as ci.")
        case ("remove", nil): throw .usage("'sluice key remove' needs NAME: what 'sluice key list' shows.")
        case ("list", _?): throw .usage("'sluice key list' takes no name.")
        case (let action, _):
            let near = Suggestion.sentence(for: action, among: actions)
            throw .usage("There is no 'sluice key \(action)'.\(near) There are: \(actions.joined(separator: ", ")).")
        }
        return .achieved
    }

    private static let actions = ["set", "add", "limit", "list", "remove"]

    /// Both kinds of keys in one database.
    private struct Keys {
        let clients: KeyRing
        let vendors: KeyStore

        init(_ store: any RecordStore, _ session: Session) {
            clients = KeyRing(store: store, clock: session.clock)
            vendors = KeyStore(store: store, master: session.master, clock: session.clock)
        }
    }

    private static func set(_ name: String, in keys: KeyStore, _ options: Options) async throws(CommandError) {
        // Before the key is asked for: whoever typed it should not have to do so again.
        guard Secret.isStoredName(name) else { throw .usage("The name of a stored key has \(Secret.storedNames).") }
        guard options.expires == nil else { throw .usage("Option '--expires' is for 'sluice key add' only.") }
        let key = try SecretInput.read("Key for '\(name)': ")
        let setting = try await asking { () throws(ServiceError) in try await keys.set(key, as: name) }
        if options.json {
            Output.line(JSONValue.object(["reference": .string("stored:\(name)")]).jsonText)
        } else {
            let done = setting.isReplacement ? "Replaced" : "Stored"
            Output.line("\(done) the key '\(name)', encrypted. A pipeline names it as 'key: stored:\(name)'.")
        }
        guard let file = setting.madeMasterKey else { return }
        Output.error("Made the master key '\(file)'. Without it no stored key can be read: keep a copy elsewhere.")
    }

    private static func add(_ name: String, to keys: KeyRing, _ options: Options, _ now: Instant)
        async throws(CommandError)
    {
        let (presented, key) = try await asking { () throws(ServiceError) in
            try await keys.add(name, expiresAt: options.expires.map { now + $0 }, budget: options.budget)
        }
        guard !options.json else { return Output.line(key.json(presented: presented).jsonText) }
        Output.line(presented)
        Output.error("This is the key of '\(name)'. It is shown this once; only its digest is kept.")
    }

    /// Sets both limits: one that is not given is none from now on.
    private static func limit(_ name: String, in keys: KeyRing, _ options: Options) async throws(CommandError) {
        try await asking { () throws(ServiceError) in try await keys.limit(name, to: options.budget) }
        let limits = options.budget.words
        Output.line("The runs of '\(name.harmless)' may spend \(limits.isEmpty ? "what they like" : limits).")
    }

    private static func list(_ keys: Keys, _ options: Options) async throws(CommandError) {
        let clients = try await asking { () throws(ServiceError) in try await keys.clients.list() }
        let vendors = try await asking { () throws(ServiceError) in try await keys.vendors.list() }
        if clients.isEmpty, vendors.isEmpty, !options.json {
            Output.line("There is no key yet. 'sluice key add NAME' makes one for a client of 'sluice serve',")
            Output.line("'sluice key set NAME' keeps the one of a model service.")
        }
        for key in clients { Output.line(options.json ? key.json(presented: nil).jsonText : row(key)) }
        for key in vendors { Output.line(options.json ? key.json.jsonText : row(key)) }
    }

    private static func row(_ key: APIKey) -> String {
        let used = key.lastUsedAt.map { "used \($0)" } ?? "never used"
        let parts = [key.id, key.name.padded(to: 16), "made \(key.createdAt)", used]
        let limits = key.budget.words
        return (parts + (key.expiresAt.map { ["expires \($0)"] } ?? []) + (limits.isEmpty ? [] : [limits])).joined(
            separator: "  "
        ).harmless
    }

    private static func row(_ key: StoredKey) -> String {
        let state = key.setAt.map { "set \($0)" } ?? "cannot be read: set it again"
        return "\("stored:\(key.name)".padded(to: 26))  \(state)".harmless
    }

    /// Removes the client's key or the stored key of that name; `stored:NAME` is always the latter.
    private static func remove(_ name: String, from keys: Keys) async throws(CommandError) {
        let stored = name.hasPrefix("stored:") ? String(name.dropFirst(7)) : name
        let vendors = try await asking { () throws(ServiceError) in try await keys.vendors.list() }
        guard vendors.contains(where: { $0.name == stored }) else {
            try await asking { () throws(ServiceError) in try await keys.clients.remove(name) }
            return Output.line("Removed '\(name.harmless)'. A server that runs refuses the key within seconds.")
        }
        if stored == name {
            let clients = try await asking { () throws(ServiceError) in try await keys.clients.list() }
            if let client = clients.first(where: { $0.name == name || $0.id == name }) {
                throw .usage("There are two keys '\(name)'. Remove 'stored:\(name)' or '\(client.id)'.")
            }
        }
        _ = try await asking { () throws(ServiceError) in try await keys.vendors.remove(stored) }
        Output.line("Removed the stored key '\(stored)'. A server that runs does without it within seconds.")
    }
}

extension KeyCommand.Options {
    fileprivate var budget: KeyBudget { KeyBudget(inAll: cost, perDay: costPerDay) }
}

extension KeyBudget {
    /// `20.00 USD in all, 5.00 USD a day`
    fileprivate var words: String {
        [inAll.map { "\($0) in all" }, perDay.map { "\($0) a day" }].compactMap(\.self).joined(separator: ", ")
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
        members["cost"] = budget.inAll?.json
        members["cost_per_day"] = budget.perDay?.json
        return .object(members)
    }
}

extension StoredKey {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["reference": .string("stored:\(name)")]
        members["created_at"] = setAt.map { .string("\($0)") }
        return .object(members)
    }
}
