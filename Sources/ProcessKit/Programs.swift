import FoundationEssentials
public import PipelineKit

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
            where: isExecutable
        )
    }

    /// Looks whether a program can be started.
    ///
    /// - Parameters:
    ///   - program: An absolute path, or a name.
    ///   - environment: What the program is to see besides ``Environment/minimal``.
    /// - Throws: ``Failure/Kind/missing`` when it is not there.
    public static func check(_ program: String, environment: [String: String] = [:]) throws(Failure) {
        guard program.contains("/") else {
            guard find(program, in: environment["PATH"] ?? Environment.minimal["PATH"] ?? "") == nil else { return }
            throw Failure(.missing, "'\(program)' was not found in PATH.")
        }
        guard !isExecutable(program) else { return }
        let exists = FileManager.default.fileExists(atPath: program)
        throw Failure(
            .missing,
            exists ? "'\(program)' is not an executable file." : "The program '\(program)' does not exist."
        )
    }

    /// Whether there is a program at a path.
    public static func isExecutable(_ path: String) -> Bool {
        var isDirectory = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        return exists && !isDirectory && FileManager.default.isExecutableFile(atPath: path)
    }
}
