import FoundationEssentials

/// What a command sees of the environment of this process.
///
/// A variable reaches a child only when it is named here or by the caller: keys of model services, database passwords
/// and tokens of the CI system are in the environment of the engine, and the commands are written by a model.
public enum Environment {
    /// The names that every command sees, besides those that begin with `LC_`.
    public static let names: Set<String> = [
        "PATH", "HOME", "LANG", "LANGUAGE", "LOGNAME", "SHELL", "TMPDIR", "TZ", "USER",
    ]

    /// The variables that every command sees. TERM is `dumb`: nobody looks at colours, and no program may wait for a key.
    public static let minimal: [String: String] = minimal(of: ProcessInfo.processInfo.environment)

    /// These variables of this process, as far as they are set; for settings that let a tool see more.
    public static func passing(_ names: some Sequence<String>) -> [String: String] {
        let all = ProcessInfo.processInfo.environment
        return names.reduce(into: [:]) { if !withheld.contains($1) { $0[$1] = all[$1] } }
    }

    /// What no setting lets a command see: the key to all keys, and the way to it.
    private static let withheld: Set<String> = ["SLUICE_MASTER_KEY", "CREDENTIALS_DIRECTORY"]

    static func minimal(of all: [String: String]) -> [String: String] {
        var some = all.filter { names.contains($0.key) || $0.key.hasPrefix("LC_") }
        some["TERM"] = "dumb"
        if some["PATH", default: ""].isEmpty { some["PATH"] = standardPath }
        return some
    }

    /// Where Debian's shell looks when PATH is not set.
    private static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}
