import FoundationEssentials
import Glibc

/// A directory that nobody else may look into, gone with its value.
struct TemporaryDirectory: ~Copyable {
    let path: String

    /// - Parameter parent: An existing directory.
    init(in parent: String) throws(CommandError) {
        var template = Array("\(parent)/.bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .broken("No directory can be made in '\(parent)': \(String(cString: strerror(errno))).")
        }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? parent }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Makes a directory beneath one that is there.
func making(_ name: String, in directory: String) throws(CommandError) -> String {
    let place = "\(directory)/\(name)"
    guard mkdir(place, 0o700) == 0 else {
        throw .broken("'\(place)' cannot be made: \(String(cString: strerror(errno))).")
    }
    return place
}
