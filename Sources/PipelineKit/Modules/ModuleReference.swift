/// What a person reads of one module, whatever its kind.
public struct ModuleCard: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case gate
        case tool
        case provider
        /// What reads the tools and gates that a pipeline brings along.
        case source
    }

    public var kind: Kind
    public var id: ModuleID
    public var aliases: [ModuleID]
    public var summary: String
    /// What a tool's calls may touch; empty for other kinds.
    public var reach: Set<Reach>
    public var settings: [FieldSchema]
    /// What a model fills in; empty for other kinds.
    public var arguments: [FieldSchema]
    /// How it stands in a pipeline; lines of YAML.
    public var example: String

    public var names: [String] { ([id] + aliases).map(\.value) }
}

extension Registry {
    /// A card for each module, gates before tools before providers before sources, each kind by name.
    public var cards: [ModuleCard] {
        let gates = self.gates.filter { $0.key == $0.value.id }.values.map { gate in
            ModuleCard(
                kind: .gate,
                id: gate.id,
                aliases: gate.aliases,
                summary: gate.summary,
                reach: [],
                settings: gate.settings,
                arguments: [],
                example: gate.inPipeline
            )
        }
        let tools = self.tools.filter { $0.key == $0.value.id }.values.map { tool in
            ModuleCard(
                kind: .tool,
                id: tool.id,
                aliases: tool.aliases,
                summary: tool.summary,
                reach: tool.reach,
                settings: tool.settings,
                arguments: tool.arguments,
                example: tool.inPipeline
            )
        }
        let providers = self.providers.values.map { provider in
            ModuleCard(
                kind: .provider,
                id: provider.id,
                aliases: [],
                summary: provider.summary,
                reach: [],
                settings: provider.settings,
                arguments: [],
                example: "model: \(provider.id)/\(provider.example)"
            )
        }
        let sources = self.sources.values.map { source in
            ModuleCard(
                kind: .source,
                id: ModuleID(source.key),
                aliases: [],
                summary: source.summary,
                reach: [],
                settings: source.schema.inner,
                arguments: [],
                example: "\(source.key): \(source.example.flow)"
            )
        }
        return [gates, tools, providers, sources].flatMap { $0.sorted { $0.id < $1.id } }
    }
}

/// The reference of modules, derived from what they declare.
public enum ModuleReference {
    /// One line a module, under a heading for each kind.
    public static func list(_ cards: [ModuleCard]) -> [String] {
        let width = cards.map(\.id.value.count).max() ?? 0
        return ModuleCard.Kind.allCases.flatMap { kind in
            let rows = cards.filter { $0.kind == kind }.map { card in
                let padding = String(repeating: " ", count: width - card.id.value.count)
                return "  \(card.id)\(padding)  \(card.summary)"
            }
            return ["\(kind.rawValue)s"] + rows
        }
    }

    /// All that is known of one module.
    public static func page(_ card: ModuleCard) -> String {
        var lines = ["\(card.kind.rawValue) \(card.id)", "", card.summary]
        if !card.aliases.isEmpty { lines.append("Also called \(card.aliases.map(\.value).joined(separator: ", ")).") }
        if !card.reach.isEmpty {
            lines.append("Reach: \(card.reach.map(\.rawValue).sorted().joined(separator: ", ")).")
        }
        lines += table("Arguments", card.arguments) + table("Settings", card.settings.withInner)
        lines += ["", "Example"] + card.example.split(separator: "\n").map { "  \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func table(_ heading: String, _ fields: [FieldSchema]) -> [String] {
        guard !fields.isEmpty else { return [] }
        return ["", heading] + fields.map { "  \($0.name): \($0.value.words)\(standard($0)). \($0.help)" }
    }

    private static func standard(_ field: FieldSchema) -> String {
        switch field.standard {
        case nil: ", required"
        case .null?: ""
        case let value?: ", default \(value.jsonText)"
        }
    }

    /// The reference as a Markdown document: `Docs/Reference/Modules.md`.
    public static func markdown(_ cards: [ModuleCard]) -> String {
        let opening = """
            # Modules

            What can be used in pipelines. Made from the modules' own declarations by `sluice modules --markdown`; a test
            compares the two.
            """
        let sections = ModuleCard.Kind.allCases.map { kind in
            let entries = cards.filter { $0.kind == kind }.map(entry)
            return (["## \(kind.rawValue.capitalizedFirst)s"] + entries).joined(separator: "\n\n")
        }
        return ([opening] + sections).joined(separator: "\n\n") + "\n"
    }

    private static func entry(_ card: ModuleCard) -> String {
        var parts = ["### \(card.id)", card.summary]
        if !card.aliases.isEmpty {
            parts.append("Also called \(card.aliases.map { "`\($0)`" }.joined(separator: ", ")).")
        }
        if !card.reach.isEmpty {
            parts.append("Reach: \(card.reach.map(\.rawValue).sorted().joined(separator: ", ")).")
        }
        parts += [rows("Argument", card.arguments), rows("Setting", card.settings.withInner)].filter { !$0.isEmpty }
        parts.append("```yaml\n\(card.example)\n```")
        return parts.joined(separator: "\n\n")
    }

    private static func rows(_ heading: String, _ fields: [FieldSchema]) -> String {
        guard !fields.isEmpty else { return "" }
        let head = "| \(heading) | Type | Default | |\n|---|---|---|---|"
        let rows = fields.map { field in
            let standard =
                switch field.standard {
                case nil: "required"
                case .null?: ""
                case let value?: "`\(value.jsonText)`"
                }
            return
                "| `\(field.name)` | \(field.value.words.replacing("|", with: "\\|")) | \(standard) | \(field.help) |"
        }
        return ([head] + rows).joined(separator: "\n")
    }
}

extension ValueSchema {
    /// The fields of the groups in a value: of a mapping to groups, those of one of them.
    var inner: [FieldSchema] {
        switch self {
        case .group(let fields): fields
        case .list(let value), .mapping(let value): value.inner
        case .oneOf(let choices): choices.flatMap(\.inner)
        case .string, .integer, .number, .boolean, .any, .choice, .quantity, .recursive: []
        }
    }

    /// What stands between the name of a field and those of its group: `.NAME.` for a mapping to groups.
    fileprivate var path: String {
        switch self {
        case .mapping(let value): ".NAME\(value.path)"
        case .list(let value): value.path
        case .oneOf(let choices): choices.first { !$0.inner.isEmpty }?.path ?? "."
        default: "."
        }
    }
}

extension [FieldSchema] {
    /// Each field, and behind it those of its groups: `servers`, `servers.NAME.command`.
    fileprivate var withInner: [FieldSchema] {
        flatMap { field -> [FieldSchema] in
            let inner = field.value.inner.withInner.map { part in
                var part = part
                part.name = field.name + field.value.path + part.name
                return part
            }
            return [field] + inner
        }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
