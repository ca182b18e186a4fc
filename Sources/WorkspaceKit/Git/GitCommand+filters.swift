public import PipelineKit
import ProcessKit

extension GitCommand {
    /// Settings that empty the programs which a repository has convert its files: git would run them to compare, also
    /// when it writes an index that is as young as a file.
    ///
    /// - Parameter directory: Absolute path of a directory in the repository.
    /// - Returns: variables for the environment of a call.
    public static func withoutFilters(in directory: String) async throws(Failure) -> [String: String] {
        let filters = #"^filter\..*\.(clean|smudge|process|required)$"#
        let asked = try await run(make(["config", "--name-only", "-z", "--get-regexp", filters], in: directory))
        let names = Set(asked.output.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }).sorted()
        // In the environment, as a name may have a `=` in it.
        var environment = ["GIT_CONFIG_COUNT": "\(names.count)"]
        for (index, name) in names.enumerated() {
            environment["GIT_CONFIG_KEY_\(index)"] = name
            environment["GIT_CONFIG_VALUE_\(index)"] = name.lowercased().hasSuffix(".required") ? "false" : ""
        }
        return environment
    }
}
