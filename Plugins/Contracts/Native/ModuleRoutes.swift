import HTTPKit
import PipelineKit

/// The modules that pipelines may name.
struct ModuleRoutes: Sendable {
    let registry: Registry

    enum Kind: String, CaseIterable {
        case tool
        case gate
        case provider
    }

    var routes: [Route] {
        [
            .get("/api/v1/modules", Self.list) { request throws(HTTPError) in
                let kinds = try request.query("kind").map { word throws(HTTPError) in [try Self.kind(word)] }
                return Listing(items: (kinds ?? Kind.allCases).flatMap { modules($0).map(\.json) }).response
            },
            .get("/api/v1/modules/{kind}/{id}", Self.show) { request throws(HTTPError) in
                let modules = modules(try Self.kind(request["kind"]))
                guard let module = modules.first(where: { $0.names.contains(request["id"]) }) else {
                    let near = Suggestion.sentence(for: request["id"], among: modules.map(\.id))
                    let sentence = "There is no \(request["kind"]) '\(request["id"].shown)'.\(near)"
                    throw HTTPError(.notFound, sentence, code: "no_such_module")
                }
                return .json(module.json)
            },
        ]
    }

    private static let list = RouteDescription(
        "Lists tools, gates and providers with their settings.",
        tag: "modules",
        query: [.init("kind", "Only these.", ["enum": .array(Kind.allCases.map { .string($0.rawValue) })])],
        responses: [200: .init("All of them.")]
    )
    private static let show = RouteDescription(
        "Shows a module.",
        tag: "modules",
        responses: [200: .init("The module.")]
    )

    private static func kind(_ word: String) throws(HTTPError) -> Kind {
        guard let kind = Kind(rawValue: word) else {
            throw HTTPError(.unprocessable, "Modules are of the kind tool, gate or provider, not '\(word.shown)'.")
        }
        return kind
    }

    private struct Module {
        var kind: Kind
        var id: String
        var names: [String]
        var summary: String
        var settings: [FieldSchema]
        var arguments: [FieldSchema]?

        var json: JSONValue {
            var members: [String: JSONValue] = [
                "kind": .string(kind.rawValue), "id": .string(id), "summary": .string(summary),
                "settings": ValueSchema.group(settings).jsonSchema,
            ]
            members["arguments"] = arguments.map { ValueSchema.group($0).jsonSchema }
            return .object(members)
        }
    }

    /// In the order of their names; each once, however many names it has.
    private func modules(_ kind: Kind) -> [Module] {
        let all: [Module] =
            switch kind {
            case .tool: registry.tools.filter { $0.key == $0.value.id }.values.map(Self.module)
            case .gate: registry.gates.filter { $0.key == $0.value.id }.values.map(Self.module)
            case .provider: registry.providers.values.map(Self.module)
            }
        return all.sorted { $0.id < $1.id }
    }

    private static func module(_ tool: ToolFactory) -> Module {
        Module(
            kind: .tool,
            id: tool.id.value,
            names: tool.names,
            summary: tool.summary,
            settings: tool.settings,
            arguments: tool.arguments
        )
    }

    private static func module(_ gate: GateFactory) -> Module {
        let names = ([gate.id] + gate.aliases).map(\.value)
        return Module(kind: .gate, id: gate.id.value, names: names, summary: gate.summary, settings: gate.settings)
    }

    private static func module(_ provider: ProviderFactory) -> Module {
        let id = provider.id.value
        return Module(kind: .provider, id: id, names: [id], summary: provider.summary, settings: provider.settings)
    }
}
