import PipelineKit

/// Settings of a provider as a pipeline has them, under the provider's own name or under another one:
///
///     providers:
///       openai: { effort: high }
///       work:   { provider: openai, key: "stored:openai/work" }
///
/// So one provider may be used several times, with other keys or at other addresses: `model: [openai/gpt-5.2, work/gpt-5.2]`.
struct ProviderProfile: Sendable, Hashable {
    /// What names the provider in the settings of a profile.
    static let key = "provider"

    /// The module.
    let provider: ModuleID
    /// The module's own.
    let settings: JSONValue

    init(named name: String, _ json: JSONValue) {
        provider = ModuleID(json[Self.key]?.text ?? name)
        settings = Self.settings(in: json)
    }

    /// What is left for the module itself.
    static func settings(in json: JSONValue) -> JSONValue {
        guard case .object(var members) = json else { return json }
        members[key] = nil
        return .object(members)
    }
}

extension Pipeline {
    /// The settings for the provider of a model; none, where the pipeline says nothing of it.
    func profile(of model: ModelName) -> ProviderProfile {
        ProviderProfile(named: model.provider.value, providers[model.provider.value] ?? [:])
    }

    /// The model under its provider's own name, as lists of prices have it.
    func vendorsName(of model: ModelName) -> ModelName {
        var name = model
        name.provider = profile(of: model).provider
        return name
    }
}
