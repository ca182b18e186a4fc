import CLinux
import FoundationEssentials
import Glibc
import PipelineKit

/// The directory in which each run of the benchmark leaves a file; their names sort by time.
struct BenchFolder: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    /// Where Sluice keeps them unless told otherwise.
    static func path(in stateDirectory: String) -> String { "\(stateDirectory)/bench" }

    /// The path, of a directory that is there.
    func made() throws(CommandError) -> String {
        do {
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: attributes
            )
        } catch {
            throw .broken("The directory '\(path)' cannot be made: \(error.systemWords).")
        }
        return path
    }

    /// Writes a record to a file of its own: whole or not at all, for its owner alone, and over no other.
    ///
    /// - Returns: the path of the file.
    func keep(_ record: BenchRecord) throws(CommandError) -> String { try keep(record.json, at: record.at) }

    /// The same of what another benchmark found.
    func keep(_ record: JSONValue, at moment: Instant) throws(CommandError) -> String {
        let folder = try made()
        let draft = "\(folder)/.\(getpid()).draft"
        defer { unlink(draft) }
        try write(record.encoded(.pretty) + [10], to: draft)
        var at = moment
        while true {
            let file = "\(folder)/\(Self.name(at)).json"
            let code = sluice_rename_exclusively(AT_FDCWD, draft, AT_FDCWD, file)
            if code == 0 { return file }
            guard code == -EEXIST else { throw failure(file, -code) }
            at = at + .milliseconds(1)
        }
    }

    /// `20261121T135548.123Z`, the basic form of ISO 8601.
    private static func name(_ at: Instant) -> String { String("\(at)".filter { $0 != "-" && $0 != ":" }) }

    private func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path, errno) }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path, errno) }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0 else { throw failure(path, errno) }
    }

    private func failure(_ path: String, _ code: Int32) -> CommandError {
        .broken("'\(path)' cannot be written: \(String(cString: strerror(code))).")
    }
}
