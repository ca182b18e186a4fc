/// A directory in which a project may be, with what is below it.
struct Place: Sendable {
    let tree: ProjectTree
    let survey: Survey
    /// Relative to the top; empty for the top itself.
    let path: String
    /// What lies in the directory itself.
    let files: [String]

    var isTop: Bool { path.isEmpty }

    func has(_ name: String) -> Bool { files.contains(name) }

    func first(_ names: [String]) -> String? { names.first(where: has) }

    /// The text of a file of this directory, or below it; empty when there is none.
    func text(_ name: String) -> String { tree.text(path.appending(name)) ?? "" }

    /// The files below this directory, relative to it, the nearest first; without those of directories below that have
    /// one of these files themselves.
    ///
    /// - Parameters:
    ///   - directory: Only what lies in this directory of it.
    ///   - manifests: The files that make a directory a project of its own.
    func paths(
        in directory: String = "",
        apartFrom manifests: [String] = [],
        where fits: (_ name: String) -> Bool
    ) -> [String] {
        let top = directory.isEmpty ? path : path.appending(directory)
        var others: [String] = []
        var found: [String] = []
        for folder in survey.folders where top.holds(path: folder.path) {
            if folder.path != path, manifests.contains(where: folder.files.contains) { others.append(folder.path) }
            guard !others.contains(where: { $0.holds(path: folder.path) }) else { continue }
            let inner = String(folder.path.dropFirst(path.isEmpty || folder.path == path ? path.count : path.count + 1))
            found += folder.files.filter(fits).map(inner.appending)
        }
        return found
    }
}
