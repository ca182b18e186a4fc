import CLinux
import Glibc
public import PipelineKit

extension ConfinedDirectory {
    /// Writes a whole file: either all of it is there afterwards, or what was there before.
    ///
    /// Directories on the way are made. An existing file keeps its permissions; a symbolic link that stays beneath the
    /// root stays a link, and its target is written. The bytes are on the disk before the file has its name.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/denied`` when the path leaves the root or leads into a `.git`.
    public func write(_ bytes: [UInt8], to text: String) throws(Failure) {
        let path = try WorkspacePath(text)
        guard bytes.count <= FileLimits.write else {
            throw .tooLarge(text, bytes.count, FileLimits.write, "written")
        }
        guard !path.isOfGit else { throw .ofGit(text) }
        try attempt(path, "written") { () throws(FileFault) in
            try makeDirectories(path.parent)
            try place(of: path, following: true).replace(with: bytes)
        }
    }

    /// Removes a file, a symbolic link (never its target) or an empty directory.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when there is nothing, or a directory that is not empty.
    public func delete(_ text: String) throws(Failure) {
        let path = try WorkspacePath(text)
        try attempt(path, "deleted") { () throws(FileFault) in
            let place = try place(of: path, following: false)
            guard let status = try place.status() else { throw .system(ENOENT) }
            guard unlinkat(place.directory.raw, place.name, status.isDirectory ? AT_REMOVEDIR : 0) != 0 else { return }
            guard errno != ENOTEMPTY else { throw .notEmpty }
            throw .system(errno)
        }
    }

    /// Gives a file, link or directory another name; nothing is overwritten.
    ///
    /// Directories on the way to the new name are made.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when the old name is not there, or the new one is.
    public func rename(_ old: String, to new: String) throws(Failure) {
        let (from, to) = (try WorkspacePath(old), try WorkspacePath(new))
        guard !to.isOfGit else { throw .ofGit(new) }
        let source = try attempt(from, "renamed") { () throws(FileFault) in
            let place = try place(of: from, following: false)
            guard try place.status() != nil else { throw .system(ENOENT) }
            return place
        }
        try attempt(to, "written") { () throws(FileFault) in
            try makeDirectories(to.parent)
            let target = try place(of: to, following: false)
            let result = sluice_rename_exclusively(source.directory.raw, source.name, target.directory.raw, target.name)
            guard result != -EEXIST else { throw .exists }
            guard result != -EINVAL else { throw .intoItself(old) }
            guard result == 0 else { throw .system(-result) }
        }
    }

    /// Makes a directory with all above it; does nothing when it is there.
    private func makeDirectories(_ path: WorkspacePath) throws(FileFault) {
        for count in 1..<(path.components.count + 1) {
            let part = WorkspacePath(Array(path.components[..<count]))
            if (try? open(part, sluice_o_path() | O_DIRECTORY)) != nil { continue }
            let place = try place(of: part, following: false)
            guard mkdirat(place.directory.raw, place.name, 0o777) == 0 || errno == EEXIST else { throw .system(errno) }
        }
    }

    /// The name a path stands for, in a parent directory that cannot be swapped any more.
    ///
    /// - Parameter following: Whether a symbolic link at the end stands for its target.
    func place(of path: WorkspacePath, following: Bool, links: Bool = true) throws(FileFault) -> Place {
        guard let name = path.components.last else { throw .root }
        let parent = try open(path.parent, sluice_o_path() | O_DIRECTORY, links: links)
        let place = Place(directory: parent, name: name)
        guard WorkspacePath(try location(of: parent).components + [name]).isOfGit == false else { throw .ofGit }
        guard following, links, try place.status()?.isLink == true else { return place }
        let target = try location(of: open(path, sluice_o_path()))
        // The target was found without links, so a link on the way to it is a new one.
        return try self.place(of: target, following: false, links: false)
    }

    private func attempt<Result>(
        _ path: WorkspacePath,
        _ verb: String,
        _ body: () throws(FileFault) -> Result
    ) throws(Failure) -> Result {
        do throws(FileFault) {
            return try body()
        } catch {
            throw failure(error, path, verb)
        }
    }
}
