import FoundationEssentials

/// What a project has installed beside its sources, and its commands and gates use: they read it, wherever they run.
enum ProjectTools {
    /// Absolute paths.
    static func paths(of project: String) -> [String] {
        let installed = ["\(project)/.venv", "\(project)/venv", "\(project)/node_modules"].filter(Disk.isDirectory)
        return installed + installed.compactMap(base)
    }

    /// The installation of Python that an environment was made from: its interpreter is a link to there.
    private static func base(of environment: String) -> String? {
        guard let python = Disk.realPath("\(environment)/bin/python"), !python.hasPrefix("/usr/") else { return nil }
        let parts = python.split(separator: "/").dropLast()
        return parts.last == "bin" && parts.count > 2 ? "/" + parts.dropLast().joined(separator: "/") : nil
    }
}
