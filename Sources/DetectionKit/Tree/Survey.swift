/// The directories of a tree in which a project may be, the nearest to the top first.
struct Survey: Sendable {
    struct Folder: Sendable, Hashable {
        /// Relative to the top; empty for the top itself.
        var path: String
        /// In order.
        var files: [String] = []
        /// Whether a project may have its manifest here: what stands among tests and examples is material of others.
        var isHome: Bool
    }

    private(set) var folders: [Folder] = []
    /// Whether there is more than was looked at.
    private(set) var isCut = false

    /// How many levels below the top are looked at.
    static let depth = 5
    /// The most directories that are looked at.
    static let mostFolders = 1_000
    /// The most files that are looked at by name.
    static let mostFiles = 20_000

    init(_ tree: ProjectTree) {
        var queue: [(path: String, depth: Int, isHome: Bool)] = [("", 0, true)]
        var (next, files) = (0, 0)
        while next < queue.count {
            let (path, depth, isHome) = queue[next]
            next += 1
            let entries = tree.entries(path).filter { $0.name.isPlain }.sorted {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
            }
            let names = entries.filter { !$0.isDirectory }.map(\.name)
            files += names.count
            folders.append(Folder(path: path, files: names, isHome: isHome))
            guard files <= Self.mostFiles else {
                isCut = true
                return
            }
            for entry in entries where entry.isDirectory && !Self.isPassedOver(entry.name) {
                guard depth < Self.depth, queue.count < Self.mostFolders else {
                    isCut = true
                    break
                }
                queue.append((path.appending(entry.name), depth + 1, isHome && !Self.isMaterial(entry.name)))
            }
        }
    }

    /// What others wrote, or a program made.
    static let passedOver: Set = [
        "node_modules", "bower_components", "jspm_packages", "vendor", "vendored", "third_party", "third-party",
        "external", "pods", "carthage", "venv", "env", "site-packages", "__pycache__", "target", "build", "_build",
        "out", "dist", "bin", "obj", "deriveddata", "coverage", "htmlcov",
    ]

    /// Where projects stand that are material for tests and readers.
    static let material: Set = [
        "tests", "test", "__tests__", "spec", "specs", "testdata", "test_data", "test-data", "fixtures", "fixture",
        "examples", "example", "samples", "sample", "demos", "demo", "templates", "template", "docs", "doc",
        "benchmarks",
    ]

    private static func isPassedOver(_ name: String) -> Bool {
        let name = name.lowercased()
        // A path that begins with a dash would be taken for an option.
        return name.hasPrefix(".") || name.hasPrefix("-") || passedOver.contains(name) || name.hasPrefix("cmake-build-")
            || name.hasSuffix(".egg-info")
    }

    private static func isMaterial(_ name: String) -> Bool { material.contains(name.lowercased()) }
}
