/// The pipelines that come with the product, in the program itself.
public enum BuiltInPipelines {
    /// The text of each, by name.
    public static let all: [String: String] = [
        "ai-eval": text(PackageResources.ai_eval_yaml),
        "command": text(PackageResources.command_yaml),
        "generate-eval": text(PackageResources.generate_eval_yaml),
        "prompt": text(PackageResources.prompt_yaml),
        "pytest": text(PackageResources.pytest_yaml),
    ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
