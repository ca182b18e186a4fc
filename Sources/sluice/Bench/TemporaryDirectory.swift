import FoundationEssentials
import Glibc

/// A directory that nobody else may look into, gone with its value.
struct TemporaryDirectory: ~Copyable {
    let path: String

    /// Where it is made unless a person says otherwise.
    static let parent = FileManager.default.temporaryDirectory.path(percentEncoded: false)

    /// mkdtemp(3)
    ///
    /// - Parameters:
    ///   - parent: An existing directory.
    ///   - prefix: What its name begins with.
    init(in parent: String, prefix: String = ".bench-") throws(CommandError) {
        var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            let reason = String(cString: strerror(errno))
            throw .usage("No directory can be made in '\(parent)': \(reason). Give another one with --dir.")
        }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? parent }
    }

    /// Hands over the directory that a person gave, or a new one that is removed afterwards.
    static func with<Value>(
        _ given: String?,
        _ body: (String) async throws(CommandError) -> Value
    ) async throws(CommandError) -> Value {
        if let given { return try await body(given) }
        let place = try TemporaryDirectory(in: parent, prefix: "sluice-bench-")
        return try await body(place.path)
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

extension StopSignals {
    /// Who ends a benchmark early finds nothing of it afterwards.
    ///
    /// - Parameter first: What else has to end before the directory can go.
    static func clearingAway(_ directory: String, first: @escaping @Sendable () -> Void = {}) -> StopSignals {
        StopSignals {
            first()
            // What is still being written into keeps a directory, so that it takes more than one attempt.
            for _ in 0..<1_000 where access(directory, F_OK) == 0 {
                try? FileManager.default.removeItem(atPath: directory)
            }
            exit(130)
        }
    }
}
