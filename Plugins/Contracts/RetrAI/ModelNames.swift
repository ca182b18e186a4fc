import HTTPKit
import PipelineEngine
import PipelineKit

/// Which model a client means.
struct ModelNames: Sendable {
    let aliases: [String: ModelName]
    let providers: [String]

    /// The services that retrAI's own names are known to belong to, by the beginning of the name.
    private static let families: [(prefix: String, provider: String)] = [
        ("claude", "anthropic"), ("gpt", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"),
        ("gemini", "google"),
    ]

    /// - Throws: 422 with what to do, when nobody can tell who offers the model, or nobody here does.
    func model(_ name: String) throws(HTTPError) -> ModelName {
        let model = try named(name)
        guard providers.contains(model.provider.value) else {
            throw HTTPError(
                .unprocessable,
                "Model '\(name.shown)' needs the provider '\(model.provider)', which is not there. "
                    + "There are: \(listed). Give the model as provider/name, or an alias for it in the settings.",
                code: "no_such_provider"
            )
        }
        return model
    }

    private func named(_ name: String) throws(HTTPError) -> ModelName {
        if let model = aliases[name] ?? ModelName(name), !model.model.isEmpty { return model }
        if let family = Self.families.first(where: { name.lowercased().hasPrefix($0.prefix) }),
            let model = ModelName("\(family.provider)/\(name)")
        {
            return model
        }
        throw HTTPError(
            .unprocessable,
            "Nobody can tell who offers the model '\(name.shown)'. Give it as provider/name. "
                + "There are these providers: \(listed).",
            code: "no_such_model"
        )
    }

    private var listed: String { providers.sorted().joined(separator: ", ") }
}
