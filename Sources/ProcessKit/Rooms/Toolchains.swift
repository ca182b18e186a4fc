import FoundationEssentials
import PipelineKit

/// Programs that a person has installed for themselves, which commands may use although the home directory is absent.
///
/// A directory of PATH is shown with the installation around it, where there is one: `~/.pyenv/shims` needs all of
/// `~/.pyenv`. Where an installation shares its directory with keys or data, only the parts that hold programs are named.
public enum Toolchains {
    /// Absolute paths to show, read only.
    static func paths(home: String, path: String) -> [String] {
        let directories = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        let needed = directories.filter { directory in !system.contains { isBelow(directory, $0) } }
        let found = needed.flatMap { installation(of: normal($0), home: home) }
        return Array(Set(found)).filter { FileManager.default.fileExists(atPath: $0) }.sorted()
    }

    private static let system = ["/usr", "/bin", "/sbin", "/opt", "/nix/store", "/gnu/store"]

    private static func installation(of directory: String, home: String) -> [String] {
        if let known = known.first(where: { isBelow(directory, "\(home)/\($0.directory)") }) {
            return [directory] + known.parts.map { "\(home)/\($0)" }
        }
        let parent = String(directory[..<(directory.lastIndex(of: "/") ?? directory.startIndex)])
        let name = directory.dropFirst(parent.count + 1)
        let isWhole = ["bin", "sbin", "shims"].contains(name) && isInstallation(parent, home: home)
        return [isWhole ? parent : directory] + [base(ofEnvironment: parent)].compactMap(\.self)
    }

    /// Whether a directory holds programs and what they need, and not somebody's work: it is a hidden one of the home
    /// directory, a virtual environment, or laid out like `/usr`.
    private static func isInstallation(_ path: String, home: String) -> Bool {
        func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
        if path.hasPrefix("\(home)/.") { return true }
        return has("pyvenv.cfg") || has("conda-meta") || (has("lib") && has("include"))
    }

    /// The installation that a virtual environment of Python was made from, and does not work without; an absolute path.
    ///
    /// - Returns: `nil` for what is no such environment, or one of the system's own Python.
    public static func base(ofEnvironment path: String) -> String? {
        let settings = (try? String(contentsOfFile: "\(path)/pyvenv.cfg", encoding: .utf8)) ?? ""
        let lines = settings.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(\.trimmed) }
        guard let home = lines.first(where: { $0.count == 2 && $0[0] == "home" })?[1], home.hasPrefix("/") else {
            return nil
        }
        let isSystem = system.contains { isBelow(home, $0) }
        return isSystem ? nil : home.hasSuffix("/bin") ? String(home.dropLast("/bin".count)) : home
    }

    /// Directories of programs whose parents hold more than programs, and what belongs to them.
    private static let known: [(directory: String, parts: [String])] = [
        (".cargo/bin", [".rustup", ".cargo/registry", ".cargo/env"]),
        (".local/bin", [".local/lib", ".local/share/pipx", ".local/share/uv", ".local/share/swiftly"]),
        (".local/share/swiftly/bin", [".local/share/swiftly"]),
        ("go/bin", ["go/pkg/mod"]),
        (".local/share/pnpm", [".local/share/pnpm"]),
        (".docker/bin", []),
    ]

    private static func isBelow(_ path: String, _ directory: String) -> Bool {
        path == directory || path.hasPrefix(directory + "/")
    }

    private static func normal(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
