import FoundationEssentials

/// Programs of this machine.
public enum Programs {
    /// The absolute path of a program that PATH offers to commands; `nil` when there is none.
    public static func find(_ name: String) -> String? {
        find(name, in: Environment.minimal["PATH"] ?? "")
    }

    /// Only absolute directories count: a relative one would let a workspace put its own `git` first.
    static func find(_ name: String, in path: String) -> String? {
        guard !name.isEmpty, !name.contains("/") else { return nil }
        return path.split(separator: ":").lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first(
            where: isProgram
        )
    }

    private static func isProgram(_ path: String) -> Bool {
        var isDirectory = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        return exists && !isDirectory && FileManager.default.isExecutableFile(atPath: path)
    }
}
