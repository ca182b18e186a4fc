/// How much a search shows and looks at.
enum SearchLimits {
    /// Lines shown of a search in files.
    static let hits = 50
    /// Paths shown of a search for files.
    static let files = 100
    /// Bytes of a file that is searched; larger ones are data.
    static let file = 1_000_000
    /// Bytes of the names of all files; an output that is longer is cut.
    static let names = 1 << 26
    /// Directories that are passed over where nothing reads `.gitignore` files.
    static let passedOver: Set<String> = [".git", ".venv", "__pycache__", "node_modules", ".build", ".tox"]
}
