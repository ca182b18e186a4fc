import FoundationEssentials

/// The absolute path of a directory that a person named.
///
/// - Parameter option: Which option named it: `--cwd`.
func existingDirectory(_ path: String, of option: String) throws(CommandError) -> String {
    let path = absolute(path)
    let what = option == "--cwd" ? "the project's directory" : "a directory"
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
        throw .usage("There is no directory '\(path)'. Give \(what) with \(option).")
    }
    guard isDirectory else {
        throw .usage("'\(path)' is a file. Give \(what) with \(option).")
    }
    return path
}
