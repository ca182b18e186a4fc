import PipelineEngine
import PipelineKit

/// Settings from several places: an option goes before the environment, that before the file, that before what is usual.
struct SettingLayers: Sendable {
    private struct Layer {
        /// `option`, `SLUICE_PORT`, `serve.yaml`.
        var source: @Sendable (String) -> String
        /// `Variable 'SLUICE_PORT'`
        var title: @Sendable (String) -> String
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
        let named = fields.map { ($0, Self.variable($0.name)) }
        let given = named.compactMap { field, name in
            environment[name].map { (field.name, $0.json(listed: field.value)) }
        }
        var layers = [
            Layer(source: { _ in "option" }, title: Self.option, values: options),
            Layer(
                source: Self.variable,
                title: { "Variable '\(Self.variable($0))'" },
                values: Dictionary(given) { first, _ in first }
            ),
        ]
        if let path = layers.lazy.compactMap({ $0.values["config"]?.text }).first {
            let title = { @Sendable (name: String) in "Setting '\(name)' of \(path)" }
            layers.append(Layer(source: { _ in path }, title: title, values: try Self.file(path, type)))
        }
        self.layers = layers
    }

    private static func variable(_ name: String) -> String { "SLUICE_\(name.uppercased())" }
    private static func option(_ name: String) -> String { "Option '--\(name.replacing("_", with: "-"))'" }

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

    /// The error of somebody who takes every setting for an option, with the names by which they were given.
    func naming(_ error: CommandError) -> CommandError {
        var error = error
        for name in Set(layers.flatMap(\.values.keys)) {
            guard let layer = layers.first(where: { $0.values[name] != nil }) else { continue }
            error.message = error.message.replacing(Self.option(name), with: layer.title(name))
        }
        return error
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
