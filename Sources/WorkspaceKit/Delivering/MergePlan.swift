import FoundationEssentials
import PipelineKit
import ProcessKit

/// What is to become of each path that a run changed, where it is brought.
struct MergePlan: Sendable {
    /// One path, and what comes to stand there.
    struct Step: Sendable {
        var path: [UInt8]
        /// What is there now; `nil` for nothing.
        var old: FileState?
        /// `nil` for nothing.
        var new: FileState?
        /// Content that neither side had: both changes in one file.
        var merged: [UInt8]?
    }

    /// Why a path cannot be brought.
    struct Conflict: Sendable {
        var path: [UInt8]
        var reason: String
    }

    var steps: [Step] = []
    var conflicts: [Conflict] = []

    /// The paths that hold nothing afterwards.
    var removed: Set<[UInt8]> { Set(steps.filter { $0.new == nil }.map(\.path)) }
}

/// Merges what a run changed with what has changed meanwhile, path by path.
struct Merger: Sendable {
    let files: RunFiles
    /// Where three versions of a file are put for git to merge.
    let scratch: String

    /// - Parameters:
    ///   - base: What the run began with.
    ///   - ours: What is there now.
    ///   - theirs: What the run made of it.
    ///   - content: The bytes of what is there now.
    func step(
        _ path: [UInt8],
        base: FileState?,
        ours: FileState?,
        theirs: FileState?,
        content: () async throws(Failure) -> [UInt8]
    ) async throws(Failure) -> Result<MergePlan.Step?, MergeConflict> {
        if ours == theirs { return .success(nil) }
        if ours == base { return .success(MergePlan.Step(path: path, old: ours, new: theirs)) }
        guard let base else { return .failure(MergeConflict("it is there already, with other content")) }
        guard let theirs else { return .failure(MergeConflict("the run removed it, and it has changed meanwhile")) }
        guard let ours else { return .failure(MergeConflict("the run changed it, and it has been removed meanwhile")) }
        guard base.isFile, ours.isFile, theirs.isFile else {
            return .failure(MergeConflict("it is a symbolic link on one side"))
        }
        let mode = theirs.mode == base.mode ? ours.mode : theirs.mode
        var step = MergePlan.Step(path: path, old: ours, new: FileState(mode, theirs.id))
        if ours.id != base.id, theirs.id != base.id, ours.id != theirs.id {
            switch try await merge(base: base.id, ours: content(), theirs: theirs.id) {
            case .success(let bytes):
                step.merged = bytes
                step.new?.id = ObjectID(.blob, bytes)
            case .failure(let conflict): return .failure(conflict)
            }
        } else if theirs.id == base.id {
            step.new?.id = ours.id
            step.merged = try await content()
        }
        return .success(step.new == ours ? nil : step)
    }

    /// git-merge-file(1): exits with the number of conflicts, or with 255 for what is no text.
    private func merge(base: ObjectID, ours: [UInt8], theirs: ObjectID) async throws(Failure) -> Result<
        [UInt8], MergeConflict
    > {
        try Disk.makeDirectory(scratch)
        let versions = [("ours", ours), ("base", try await blob(base)), ("theirs", try await blob(theirs))]
        for (name, bytes) in versions { try Disk.write(bytes, to: "\(scratch)/\(name)") }
        let words = ["merge-file", "-p", "-q", "ours", "base", "theirs"]
        let limit = OutputLimit(head: 1 << 26, tail: 0)
        let merged = try await run(GitCommand.make(words, in: scratch, limit: limit))
        guard merged.status == 0, !merged.output.isCut else {
            let isText = (1...127).contains(merged.status)
            return .failure(
                MergeConflict(isText ? "both sides changed the same lines" : "both sides changed it, and it is no text")
            )
        }
        return .success(merged.output.bytes)
    }

    private func blob(_ id: ObjectID) async throws(Failure) -> [UInt8] {
        if let bytes = try? LooseObjects(files.repository.objects).read(id, .blob) { return bytes }
        return try await files.repository.git(["cat-file", "blob", id.hexadecimal])
    }
}

/// Why two changes of one path cannot both be kept.
struct MergeConflict: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
}
