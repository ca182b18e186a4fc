import FoundationEssentials
import Glibc

/// Where a benchmark keeps what it writes.
enum BenchDirectory {
    /// Hands over the directory that a person gave, or a new one (mode 0700) that is removed afterwards.
    static func with<Value>(
        _ given: String?,
        _ body: (String) async throws(CommandError) -> Value
    ) async throws(CommandError) -> Value {
        if let given { return try await body(given) }
        let place = try make()
        defer { try? FileManager.default.removeItem(atPath: place) }
        return try await body(place)
    }

    /// mkdtemp(3)
    private static func make() throws(CommandError) -> String {
        let parent = FileManager.default.temporaryDirectory.path
        var name = Array("\(parent)/sluice-bench-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else {
            let reason = String(cString: strerror(errno))
            throw .usage("No directory can be made in '\(parent)': \(reason). Give one with --dir.")
        }
        return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } ?? parent
    }
}
