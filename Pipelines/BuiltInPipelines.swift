/// The pipelines that come with the product, in the program itself.
public enum BuiltInPipelines {
    /// The text of each, by name.
    public static let all: [String: String] = [
        "command": text(PackageResources.command_yaml),
        "pytest": text(PackageResources.pytest_yaml),
    ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
