import CLinux
import Glibc
import PipelineKit

/// Works out what a delivery changes in the working tree of the project.
struct ProjectPlan {
    let project: ProjectFiles
    let merger: Merger
    private(set) var plan = MergePlan()

    init(_ project: ProjectFiles, _ merger: Merger) {
        self.project = project
        self.merger = merger
    }

    mutating func add(_ changes: [RawChange]) async throws(Failure) {
        let findings = try reading(project.path) { () throws(FileFault) in
            try changes.map { change throws(FileFault) in try project.finding(at: change.path) }
        }
        // What goes away makes room, so it comes first.
        for (change, finding) in zip(changes, findings) where !change.new.exists { try await add(change, finding) }
        for (change, finding) in zip(changes, findings) where change.new.exists { try await add(change, finding) }
    }

    private mutating func add(_ change: RawChange, _ finding: ProjectFiles.Finding) async throws(Failure) {
        let path = change.path
        guard !change.name.lowercased().split(separator: "/").contains(".git") else {
            return conflict(path, "it belongs to git")
        }
        switch finding {
        case .nothing: try await merge(change, with: nil)
        case .file(let state): try await merge(change, with: state)
        case .directory:
            guard change.new.exists else { return conflict(path, "it is a directory in the project") }
            guard !change.old.exists else { return conflict(path, "it is a directory in the project") }
            guard try holdsNothingElse(path) else {
                return conflict(path, "it is a directory in the project, with other files in it")
            }
            try await merge(change, with: nil)
        case .other: conflict(path, "it is neither a file nor a link in the project")
        case .link: conflict(path, "a directory on the way to it is a symbolic link in the project")
        case .below(let file):
            // What cannot be there is not there.
            guard change.new.exists else { return }
            guard plan.removed.contains(file) else {
                return conflict(path, "'\(String(decoding: file, as: UTF8.self).shown)' is a file in the project")
            }
            try await merge(change, with: nil)
        }
    }

    private mutating func merge(_ change: RawChange, with ours: FileState?) async throws(Failure) {
        let path = change.path
        let merged = try await merger.step(path, base: FileState(change.old), ours: ours, theirs: FileState(change.new))
        {
            () throws(Failure) in try read(path)
        }
        switch merged {
        case .success(let step?):
            guard try isOnOneSystem(path) else { return conflict(path, "it is on another file system") }
            plan.steps.append(step)
        case .success(nil): break
        case .failure(let problem): conflict(path, problem.reason)
        }
    }

    private mutating func conflict(_ path: [UInt8], _ reason: String) {
        plan.conflicts.append(MergePlan.Conflict(path: path, reason: reason))
    }

    /// Whether a directory is left empty by what the plan removes.
    private func holdsNothingElse(_ path: [UInt8]) throws(Failure) -> Bool {
        let removed = plan.removed
        return try reading(path.text) { () throws(FileFault) in
            try project.files(below: path).allSatisfy { removed.contains($0) }
        }
    }

    /// Whether a new file can be given its name at once: not where something else is mounted.
    private func isOnOneSystem(_ path: [UInt8]) throws(Failure) -> Bool {
        try reading(path.text) { () throws(FileFault) in
            let device = try project.root.status().st_dev
            for parent in path.parents {
                guard let directory = try? project.parent(of: parent + Array("/x".utf8)) else { return true }
                guard try directory.status().st_dev == device else { return false }
            }
            return true
        }
    }

    private func read(_ path: [UInt8]) throws(Failure) -> [UInt8] {
        try reading(path.text) { () throws(FileFault) in
            let parent = try project.parent(of: path)
            let result = openat(parent.raw, path.lastName, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            return try Descriptor(result < 0 ? -errno : result).read(atMost: Self.mostBytes)
        }
    }

    /// Bytes of a file that is merged.
    private static let mostBytes = 1 << 26

    private func reading<Result>(_ path: String, _ body: () throws(FileFault) -> Result) throws(Failure) -> Result {
        do throws(FileFault) { return try body() } catch { throw Failure(error, path, "read") }
    }
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}
