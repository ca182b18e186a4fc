import PipelineKit

/// Makes a copy of a directory for a run to work in, and takes it away again.
///
/// What belongs to a repository is copied with all of that repository, as ignore rules above it count and programs look
/// around. Also where there is git, it is not asked to copy anything: ignored files are in the copy too.
struct Copies: Sendable {
    let files: RunFiles

    /// - Parameters:
    ///   - directory: What is copied.
    ///   - repository: The one it is a part of.
    /// - Returns: the scope of the matching directory in the copy.
    func add(_ directory: String, of repository: UserRepository?) async throws(Failure) -> Scope {
        let top = repository?.top ?? directory
        guard top != "/" else {
            throw Failure(.invalidInput, "'/' cannot be copied; name a directory below it.")
        }
        // What a process that was killed may have left.
        try Disk.remove(files.copy)
        try Disk.makeDirectory("\(files.state)/copies")
        let notes = try await TreeCopy.make(top, to: files.copy, leavingOut: files.state)
        try await GitCopy(top, to: Disk.realPath(files.copy) ?? files.copy, state: files.state).settle(notes)
        guard let copy = Disk.realPath(files.copy) else {
            throw Failure(.unavailable, "The copy '\(files.copy)' was removed while it was made.")
        }
        let path = copy + directory.dropFirst(top.count)
        guard repository != nil else { return Scope(directory: path) }
        return Scope(path, in: UserRepository(top: copy, common: "\(copy)/.git"))
    }
}
