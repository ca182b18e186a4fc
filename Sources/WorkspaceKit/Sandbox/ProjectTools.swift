import ProcessKit

/// What a project has installed beside its sources, and its commands and gates use: they read it, wherever they run.
enum ProjectTools {
    /// Absolute paths.
    static func paths(of project: String) -> [String] {
        let installed = ["\(project)/.venv", "\(project)/venv", "\(project)/node_modules"].filter(Disk.isDirectory)
        return installed + installed.compactMap(Toolchains.base)
    }
}
