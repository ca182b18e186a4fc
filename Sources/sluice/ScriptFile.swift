import CLinux
import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// The file that `--record` names: a script of what the model said, written when the run ends or waits.
struct ScriptFile {
    /// As it was named, which is how a model is named after it.
    private let name: String
    private let path: String
    private let replaces: Bool

    /// Looks whether the file can be written, before anything is started.
    ///
    /// - Parameter replaces: Whether a file that is there may be written over.
    init(_ name: String, replaces: Bool) throws(CommandError) {
        self.name = name
        self.replaces = replaces
        path = absolute(name)
        let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        var isDirectory = false
        guard directory.isEmpty || FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else {
            throw .usage("Option '--record': there is no directory '\(directory)'.")
        }
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return }
        guard !isDirectory else { throw .usage("Option '--record': '\(path)' is a directory, and has to be a file.") }
        guard replaces else { throw isThere }
    }

    /// What the options of a command name; `nil` for nothing.
    static func named(_ name: String?, replaces: Bool) throws(CommandError) -> ScriptFile? {
        guard let name else {
            guard !replaces else { throw .usage("Option '--replace' goes with '--record FILE'.") }
            return nil
        }
        return try ScriptFile(name, replaces: replaces)
    }

    /// A script has what one model says in one run; the models of steps and races have runs of their own.
    static func expectOneModel(_ script: ScriptFile?, in pipeline: Pipeline?) throws(CommandError) {
        guard script != nil, let pipeline else { return }
        if pipeline.steps != nil {
            throw .usage(
                "Option '--record' keeps what one model says, and each step has its own. Record the run when it has ended, as a "
                    + "test: sluice test --record FILE RUN"
            )
        }
        guard pipeline.race == nil else {
            throw .usage("Option '--record' keeps what one model says, and here several race. Name one with '--model'.")
        }
    }

    private var isThere: CommandError {
        .usage("'\(path)' is there already; it stays as it is. Name another file, or write over it with --replace.")
    }

    /// Writes the file when the work is over, however it ends; whole, or not at all.
    static func recording(
        _ file: ScriptFile?,
        of conductor: RunConductor,
        _ work: () async throws(CommandError) -> ExitStatus
    ) async throws(CommandError) -> ExitStatus {
        guard let file else { return try await work() }
        let result: Result<ExitStatus, CommandError>
        do throws(CommandError) { result = .success(try await work()) } catch { result = .failure(error) }
        let recording = try await asking { () throws(ServiceError) in
            try await conductor.services.runs.recording(of: conductor.run)
        }
        try file.write(recording.json.encoded(.pretty) + [UInt8(ascii: "\n")])
        if !conductor.json { Output.line("  recorded; play it again with --model scripted/\(file.name)") }
        return try result.get()
    }

    private func write(_ bytes: [UInt8]) throws(CommandError) {
        let part = "\(path).part-\(getpid())"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failed(errno) }
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            sent += count
        }
        let isWhole = sent == bytes.count && fsync(descriptor) == 0
        let problem = errno
        close(descriptor)
        defer { unlink(part) }
        guard isWhole else { throw failed(problem) }
        try rename(part)
    }

    /// The file may have come to be since it was looked for.
    private func rename(_ part: String) throws(CommandError) {
        let code =
            replaces
            ? (Glibc.rename(part, path) == 0 ? 0 : -errno)
            : sluice_rename_exclusively(AT_FDCWD, part, AT_FDCWD, path)
        guard code != -EEXIST else { throw isThere }
        guard code == 0 else { throw failed(-code) }
    }

    private func failed(_ code: Int32) -> CommandError {
        .broken("The script '\(path)' cannot be written: \(String(cString: strerror(code))).")
    }
}
