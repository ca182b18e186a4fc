import CLinux
import Glibc
import PipelineKit

/// Writes the new files of a delivery aside, each under the number of its step.
struct Preparation: Sendable {
    let files: RunFiles

    /// - Parameter directory: Absolute path; made here.
    func write(_ steps: [MergePlan.Step], to directory: String) async throws(Failure) {
        try Disk.makeDirectory(directory)
        try Disk.remove(files.scratchIndex)
        let numbered = Array(steps.enumerated())
        let lines = numbered.compactMap { number, step -> String? in
            guard let new = step.new, step.merged == nil else { return nil }
            return "\(new.mode.digits) \(new.id.hexadecimal) 0\t\(number)"
        }
        if !lines.isEmpty {
            let input = Array(lines.joined(separator: "\0").utf8) + [0]
            let words = ["update-index", "-z", "--index-info"]
            _ = try await files.repository.git(words, index: files.scratchIndex, input: input)
            let layOut = ["checkout-index", "--all", "--quiet", "--prefix=\(directory)/"]
            _ = try await files.repository.git(layOut, index: files.scratchIndex)
        }
        for (number, step) in numbered {
            guard let bytes = step.merged, let new = step.new else { continue }
            try Disk.write(bytes, to: "\(directory)/\(number)")
            chmod("\(directory)/\(number)", new.mode == .executable ? 0o755 : 0o644)
        }
        try sync(directory)
    }

    /// What a file could be read or written by stays so; only whether it can be run is the run's to say.
    func keepPermissions(_ steps: [MergePlan.Step], in directory: String, of project: ProjectFiles) throws(Failure) {
        for (number, step) in steps.enumerated() {
            guard let new = step.new, new.isFile, step.old?.isFile == true,
                let parent = try? project.parent(of: step.path),
                let status = try? parent.status(of: step.path.lastName)
            else { continue }
            let reading = status.st_mode & 0o777 & ~0o111
            let mode = new.mode == .executable ? status.st_mode & 0o777 | (reading & 0o444) >> 2 : reading
            guard chmod("\(directory)/\(number)", mode) == 0 else {
                throw Failure(FileFault.last, directory, "written")
            }
        }
    }

    private func sync(_ directory: String) throws(Failure) {
        do throws(FileFault) {
            let result = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            let opened = try Descriptor(result < 0 ? -errno : result)
            let synced = sluice_sync_files(opened.raw)
            guard synced == 0 else { throw .system(-synced) }
        } catch {
            throw Failure(error, directory, "written")
        }
    }
}
