import PipelineKit
import ProcessKit

/// Brings the files of a project that is made for one run.
///
/// Unlike every other call of git here a clone has what the person has: keys, credential helpers, rewritten addresses. What
/// is fetched runs nothing: there are no hooks yet, and submodules stay where they are.
struct Fetching: Sendable {
    let files: RunFiles
    let owner: String

    /// How long a clone may take.
    private static let patience = Duration.seconds(600)

    /// - Parameter directory: Absolute path of the project; when it is there, it was brought before.
    /// - Throws: ``Failure`` with what git says; the project is not there then.
    func bring(_ source: ProjectSource, to directory: String) async throws(Failure) {
        guard !Disk.isDirectory(directory) else { return }
        // Before anything else, so that whoever clears away knows whose it is.
        try RunNote(project: directory, common: "", owner: owner).write(to: files.note)
        try Disk.remove(files.fetched)
        switch source {
        case .nothing: try Disk.makeDirectory(files.fetched)
        case .git(let address): try await clone(address)
        }
        try Disk.move(files.fetched, to: directory)
    }

    private func clone(_ address: String) async throws(Failure) {
        let command = try Self.command(address, into: files.fetched, in: files.directory)
        switch try await outcome(of: command) {
        case .finished(let finished) where finished.status == 0: return
        case .finished(let finished):
            let words = finished.errors.text.split(whereSeparator: \.isNewline).map(String.init)
                .filter { !$0.hasPrefix("Cloning into") && !$0.trimmed.isEmpty }
            let said = words.isEmpty ? "it exited with \(finished.status)." : words.joined(separator: " ").shown
            throw Failure(.unavailable, "'\(address.shown)' could not be cloned. Git says: \(said)")
        case .timedOut:
            throw Failure(.timedOut, "'\(address.shown)' was not cloned within \(Self.patience.written).")
        }
    }

    /// - Parameter address: Taken as one, whatever it begins with, and by no transport that runs what it is told to.
    static func command(_ address: String, into target: String, in directory: String) throws(Failure) -> Command {
        guard let git = Programs.find("git") else {
            throw Failure(
                .missing,
                "The program 'git' is not installed, and projects are cloned with it: apt-get install git"
            )
        }
        // A directory of this machine has to be named as one; no address of another kind leads to it.
        let schemes = ["https", "http", "ssh", "git"] + (address.hasPrefix("/") ? ["file"] : [])
        let settings =
            ["protocol.allow=never", "core.hooksPath=/dev/null"] + schemes.map { "protocol.\($0).allow=always" }
        let words = [
            "clone", "--quiet", "--template=", "--no-recurse-submodules", "--no-hardlinks", "--", address, target,
        ]
        return Command(
            git,
            settings.flatMap { ["-c", $0] } + words,
            in: directory,
            environment: [
                "GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes", "LC_ALL": "C",
                "GIT_PROTOCOL_FROM_USER": "0",
            ],
            timeout: patience,
            limit: OutputLimit(head: 0, tail: 4_000)
        )
    }
}
