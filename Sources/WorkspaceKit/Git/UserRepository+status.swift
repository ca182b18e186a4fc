import FoundationEssentials
import PipelineKit
import ProcessKit

extension UserRepository {
    /// Refuses a directory in which something is not committed.
    ///
    /// Of submodules only whether another commit is checked out: what is changed in them is theirs to tell.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` with the names, and what to do.
    func expectCommitted(_ directory: String) async throws(Failure) {
        let words = [
            "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=dirty",
        ]
        let environment = try await GitCommand.withoutFilters(in: top)
        let asked = try await attempt(words + ["--", "."], in: directory, environment: environment)
        guard asked.status == 0 else { throw PrivateRepository.failure(words, asked) }
        let output = asked.output.bytes
        let names = output.split(separator: 0).map { String(decoding: $0, as: UTF8.self).shown }
        guard !names.isEmpty else { return }
        let shown = names.prefix(Self.mostNames).map { "\n  \($0)" }.joined()
        let rest = names.count > Self.mostNames ? "\n  and \(names.count - Self.mostNames) more" : ""
        throw Failure(
            .invalidInput,
            "'\(directory)' has changes that are not committed, and 'workspace.dirty' is 'refuse':\(shown)\(rest)\n"
                + "Commit or stash them, or set 'dirty: copy' to have them in the start of the run."
        )
    }

    private static let mostNames = 20
}
