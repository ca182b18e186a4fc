import PipelineKit

/// Rules about modules: each is known, and takes its settings.
extension LintCheck {
    var goal: [Finding] {
        let path = Self.path("goal")
        guard let own = written.goal, let goal = pipeline.goal else { return [] }
        let gates = zip(own.judge.gates(at: path), goal.judge.gates(at: path))
        return gates.flatMap { written, gate in
            let settings = Settings(
                written: written.settings,
                replaced: gate.settings,
                path: gate.path.appending("with")
            )
            guard let factory = registry.gates[gate.id] else {
                return [unknown("gate", gate.id, among: registry.gates.keys, at: gate.path.appending("gate"))]
            }
            var judge: ModelName?
            let found = check(settings, of: factory.settings) { json throws(FieldProblems) in
                judge = try factory.make(json).judge
            }
            return found + (judge.map { check($0, at: settings.path.appending("model")) } ?? [])
        }
    }

    var providers: [Finding] {
        let path = Self.path("providers")
        let given = pipeline.providers.sorted { $0.key < $1.key }.flatMap { name, json in
            let place = path.appending(name)
            let profile = ProviderProfile(named: name, json)
            if let problem = problem(with: json, named: name, at: place) { return [problem] }
            guard let factory = registry.providers[profile.provider] else {
                return [unknown("provider", profile.provider, among: registry.providers.keys, at: place, in: .key)]
            }
            let settings = Settings(
                written: ProviderProfile.settings(in: written.providers[name] ?? json),
                replaced: profile.settings,
                path: place
            )
            return check(settings, of: factory.settings) { json throws(FieldProblems) in _ = try factory.make(json) }
        }
        return given + models
    }

    /// What is wrong with the name of a profile, or with the provider that it names.
    private func problem(with json: JSONValue, named name: String, at place: FieldPath) -> Finding? {
        let key = ProviderProfile.key
        guard let given = json[key] else { return nil }
        let path = place.appending(key)
        guard let provider = given.text else {
            return Finding(FieldProblem(path, "Field '\(path)' must be the name of a provider, but is \(given)."))
        }
        guard registry.providers[ModuleID(name)] == nil else {
            let sentence = "'\(name)' is a provider itself. Give the profile of '\(provider)' another name."
            return Finding(FieldProblem(place, sentence, in: .key))
        }
        guard registry.providers[ModuleID(provider)] == nil else { return nil }
        return unknown("provider", ModuleID(provider), among: registry.providers.keys, at: path)
    }

    var models: [Finding] {
        let path = Self.path("model")
        if let race = pipeline.race {
            return race.models.enumerated().flatMap { check($1, at: Self.path("race").appending($0)) }
        }
        guard let models = pipeline.model, !models.others.isEmpty else {
            return pipeline.model.map { check($0.first, at: path) } ?? []
        }
        return models.names.enumerated().flatMap { check($1, at: path.appending($0)) }
    }

    /// The provider of a model, which may need no settings.
    private func check(_ model: ModelName, at path: FieldPath) -> [Finding] {
        guard isCertain(path), pipeline.providers[model.provider.value] == nil else { return [] }
        guard let factory = registry.providers[model.provider] else {
            let known = Array(registry.providers.keys) + pipeline.providers.keys.map { ModuleID($0) }
            return [unknown("provider", model.provider, among: known, at: path)]
        }
        return check(Settings(at: path), of: factory.settings) { json throws(FieldProblems) in
            _ = try factory.make(json)
        }
    }

    /// The settings of one module.
    struct Settings {
        var written: JSONValue
        var replaced: JSONValue
        var path: FieldPath

        init(written: JSONValue, replaced: JSONValue, path: FieldPath) {
            self.written = written
            self.replaced = replaced
            self.path = path
        }

        /// None, for a module that is named at a path.
        init(at path: FieldPath) { self.init(written: [:], replaced: [:], path: path) }
    }

    /// Constructs a module, and says what it refuses.
    func check(
        _ settings: Settings,
        of fields: [FieldSchema],
        _ make: (JSONValue) throws(FieldProblems) -> Void
    ) -> [Finding] {
        let secrets = Self.interpolatedSecrets(in: settings.written, .group(fields), at: settings.path)
        do throws(FieldProblems) {
            try make(known(settings, fields))
            return secrets
        } catch {
            let told = Set(secrets.map(\.problem.path))
            let problems = error.all.map {
                FieldProblem(FieldPath(settings.path.parts + $0.path.parts), $0.message, in: $0.place)
            }
            return secrets
                + problems.filter { !told.contains($0.path) && isCaused($0, by: settings, fields) }.map { Finding($0) }
        }
    }

    /// The settings without those that are not known yet and have a default, so that the others are still judged.
    private func known(_ settings: Settings, _ fields: [FieldSchema]) -> JSONValue {
        guard case .object(let members) = settings.replaced else { return settings.replaced }
        let optional = Set(fields.filter { !$0.isRequired }.map(\.name))
        return .object(members.filter { isCertain(settings.path.appending($0.key)) || !optional.contains($0.key) })
    }

    /// Whether the file itself is to blame for a problem, and not a value that is not known yet.
    private func isCaused(_ problem: FieldProblem, by settings: Settings, _ fields: [FieldSchema]) -> Bool {
        guard problem.path == settings.path else { return isCertain(problem.path) }
        // A problem of the settings as a whole is a key that is missing, or the module's own judgement of all values.
        let isComplete = fields.allSatisfy { !$0.isRequired || settings.replaced[$0.name] != nil }
        return isCertain(settings.path) || !isComplete
    }

    /// A secret that is put together from references would be recorded with the run.
    private static func interpolatedSecrets(in json: JSONValue, _ schema: ValueSchema, at path: FieldPath) -> [Finding]
    {
        switch (schema, json) {
        case (Secret.schema, .string(let text)) where text.contains("${"):
            let sentence = "A secret is never written into a pipeline: refer to it, such as 'env:OPENAI_API_KEY'."
            return [Finding(FieldProblem(path, sentence))]
        case (.group(let fields), .object(let members)):
            return fields.flatMap { field in
                members[field.name].map { interpolatedSecrets(in: $0, field.value, at: path.appending(field.name)) }
                    ?? []
            }
        case (.list(let element), .array(let elements)):
            return elements.enumerated().flatMap { interpolatedSecrets(in: $1, element, at: path.appending($0)) }
        case (.mapping(let value), .object(let members)):
            return members.flatMap { interpolatedSecrets(in: $1, value, at: path.appending($0)) }
        case (.oneOf(let choices), _): return choices.flatMap { interpolatedSecrets(in: json, $0, at: path) }
        default: return []
        }
    }

    func unknown(
        _ kind: String,
        _ id: ModuleID,
        among known: some Collection<ModuleID>,
        at path: FieldPath,
        in place: FieldProblem.Place = .value
    ) -> Finding {
        let near = Suggestion.sentence(for: id.value, among: known.map(\.value))
        let hint = near.isEmpty ? " 'sluice modules' lists what there is." : near
        return Finding(FieldProblem(path, "Unknown \(kind) '\(id)'.\(hint)", in: place))
    }
}
