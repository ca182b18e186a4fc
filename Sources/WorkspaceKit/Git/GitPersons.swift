import FoundationEssentials
public import PipelineKit
import ProcessKit

/// Whose a commit is: author and committer, as the variables that git reads; git(1), section "Git Commits".
public enum GitPersons {
    /// What stands where nobody is known.
    public static let engine = both("Sluice", "sluice@localhost")

    /// One person as author and committer.
    public static func both(_ name: String, _ address: String) -> [String: String] {
        var persons: [String: String] = [:]
        for kind in kinds {
            persons["GIT_\(kind)_NAME"] = name
            persons["GIT_\(kind)_EMAIL"] = address
        }
        return persons
    }

    /// Author and committer, as git of the person's would have them; nothing runs for that.
    ///
    /// - Parameter directory: Absolute path of a directory in the repository.
    /// - Returns: `nil` when git does not know.
    public static func known(in directory: String) async throws(Failure) -> [String: String]? {
        var persons: [String: String] = [:]
        for kind in kinds {
            let names = [
                "GIT_\(kind)_NAME", "GIT_\(kind)_EMAIL", "EMAIL", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL",
                "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
            ]
            let asked = try await run(
                Command(
                    "git",
                    ["-c", "safe.directory=*", "var", "GIT_\(kind)_IDENT"],
                    in: directory,
                    environment: Environment.passing(names).merging(["LC_ALL": "C"]) { $1 }
                )
            )
            // `Ada Lovelace <ada@example.org> 1795000000 +0000`
            let line = asked.output.text
            guard asked.status == 0, let open = line.lastIndex(of: "<"), let close = line.lastIndex(of: ">") else {
                return nil
            }
            persons["GIT_\(kind)_NAME"] = String(line[..<open]).trimmed
            persons["GIT_\(kind)_EMAIL"] = String(line[line.index(after: open)..<close])
        }
        return persons
    }

    private static let kinds = ["AUTHOR", "COMMITTER"]
}
