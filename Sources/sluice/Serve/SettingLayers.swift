import PipelineEngine
import PipelineKit

/// Settings from several places: an option goes before the environment, that before the file, that before what is usual.
struct SettingLayers: Sendable {
    private struct Layer {
        /// `option`, `SLUICE_PORT`, `serve.yaml`.
        var source: @Sendable (String) -> String
        var values: [String: JSONValue]
    }

    private let layers: [Layer]

    /// - Parameter options: What the command line says, by the names of fields.
    /// - Throws: every mistake in the file, as they are shown to a person.
    init<Group: Fields>(
        of type: Group.Type,
        options: [String: JSONValue],
        environment: [String: String]
    ) throws(CommandError) {
        let fields = Group.fields
        let named = fields.map { ($0, "SLUICE_\($0.name.uppercased())") }
        let given = named.compactMap { field, name in
            environment[name].map { (field.name, $0.json(listed: field.value)) }
        }
        try Self.check(Dictionary(given) { first, _ in first }, type)
        var layers = [
            Layer(source: { _ in "option" }, values: options),
            Layer(source: { "SLUICE_\($0.uppercased())" }, values: Dictionary(given) { first, _ in first }),
        ]
        if let path = layers.lazy.compactMap({ $0.values["config"]?.text }).first {
            layers.append(Layer(source: { _ in path }, values: try Self.file(path, type)))
        }
        self.layers = layers
    }

    /// - Throws: what is wrong with a variable, by its name.
    private static func check<Group: Fields>(_ values: [String: JSONValue], _ type: Group.Type) throws(CommandError) {
        do throws(FieldProblems) { _ = try Group(json: .object(values)) } catch {
            let sentences = error.all.map { $0.message.namingFields { ("Variable", "SLUICE_\($0.uppercased())") } }
            throw .usage(sentences.joined(separator: "\n"))
        }
    }

    private static func file<Group: Fields>(_ path: String, _ type: Group.Type) throws(CommandError)
        -> [String: JSONValue]
    {
        do throws(Diagnostics) {
            return try SettingsFile.read(path, as: type, PipelineSources.disk)
        } catch {
            throw .usage("\(error)")
        }
    }

    /// The settings as one document.
    var merged: JSONValue {
        .object(layers.reversed().reduce(into: [:]) { $0.merge($1.values) { $1 } })
    }

    /// Where a setting comes from.
    func source(of name: String) -> String {
        layers.first { $0.values[name] != nil }?.source(name) ?? "default"
    }
}

extension String {
    /// A variable's value as a field of this kind reads it; the elements of a list stand between commas.
    fileprivate func json(listed schema: ValueSchema) -> JSONValue {
        guard case .list(let element) = schema else { return json(as: schema) }
        return .array(split(separator: ",").map { String($0).trimmed.json(as: element) })
    }
}
