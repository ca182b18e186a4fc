import FoundationEssentials
import Glibc
import PipelineKit

/// The installed packages of a project, lent to the tree that is judged while it is judged.
///
/// Node looks for `node_modules` in the directories above a file, so those of the project must be there; git ignores
/// them as a rule, and then they are no part of the tree.
struct ProjectModules: Sendable {
    /// The link that was made; `nil` when the tree has packages of its own, or the project has none.
    private let link: String?

    init(_ workspace: Workspace) throws(Failure) {
        let (own, installed) = ("\(workspace.path)/node_modules", "\(workspace.project)/node_modules")
        let manager = FileManager.default
        var status = stat()
        let isThere = lstat(own, &status) == 0
        guard own != installed, !isThere, manager.fileExists(atPath: installed) else {
            link = nil
            return
        }
        do {
            try manager.createSymbolicLink(atPath: own, withDestinationPath: installed)
        } catch {
            throw Failure(.unavailable, "The link '\(own)' to the installed packages could not be made.")
        }
        link = own
    }

    func remove() {
        guard let link, (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) != nil else { return }
        try? FileManager.default.removeItem(atPath: link)
    }
}
