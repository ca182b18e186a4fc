import CLinux
import Glibc
import PipelineKit

/// What stands below the state directory, by the names of runs.
struct StateDirectory: Sendable {
    let path: String

    private var workspaces: String { "\(path)/workspaces" }

    /// Everything that is kept for the runs of a store; names that no run can have stand for what the runs of a project
    /// share.
    func kept(by owner: String) -> [KeptFiles] {
        var places: [String: [String]] = [:]
        for kind in ["worktrees", "copies", "clones", "judged", "rooms"] {
            for name in Disk.names(in: "\(path)/\(kind)") {
                places[name, default: []].append("\(path)/\(kind)/\(name)")
            }
        }
        for name in Disk.names(in: workspaces) {
            if name.hasSuffix(".lock") {
                note(lock: String(name.dropLast(5)), in: &places)
            } else {
                note(project: name, in: &places)
            }
        }
        let ours = places.filter { isKept($0.key, by: owner) }
        return ours.sorted { $0.key < $1.key }.map { KeptFiles(name: $0.key, places: $0.value) }
    }

    /// The note is written before anything else and removed after it, so what has none is next to nothing: a lock, an
    /// empty directory. What has a record nevertheless is from before there were notes, and nobody knows whose it is.
    private func isKept(_ name: String, by owner: String) -> Bool {
        if sharedKey(name) != nil { return true }
        let runs = keys(of: name).map { "\(workspaces)/\($0)/runs/\(name)" }
        let notes = runs.compactMap { RunNote(at: "\($0)/project") }
        if !notes.isEmpty { return notes.allSatisfy { $0.owner == owner } }
        let kinds = ["worktrees", "copies", "clones", "judged"]
        return !runs.contains { Disk.exists("\($0)/record") }
            && !kinds.contains { Disk.exists("\(path)/\($0)/\(name)") }
    }

    /// `PROJECT` or `PROJECT.RUN`; that of a project stays as long as the project's directory does.
    private func note(lock: String, in places: inout [String: [String]]) {
        let parts = lock.split(separator: ".", maxSplits: 1)
        let file = "\(workspaces)/\(lock).lock"
        if parts.count == 2 {
            places[String(parts[1]), default: []].append(file)
        } else if !Disk.exists("\(workspaces)/\(lock)") {
            places[Self.shared + lock, default: []].append(file)
        }
    }

    private func note(project key: String, in places: inout [String: [String]]) {
        let project = "\(workspaces)/\(key)"
        let kinds = ["runs", "git/refs/runs"]
        for kind in kinds {
            for name in Disk.names(in: "\(project)/\(kind)") {
                places[name, default: []].append("\(project)/\(kind)/\(name)")
            }
        }
        for (name, entry) in entries(of: project) { places[name, default: []].append(entry) }
        if kinds.allSatisfy({ Disk.names(in: "\(project)/\($0)").isEmpty }) {
            places[Self.shared + key, default: []].append(project)
        }
    }

    /// Entries of worktrees in the person's repository that say themselves that they are ours.
    private func entries(of project: String) -> [(name: String, path: String)] {
        let notes = Disk.names(in: "\(project)/runs").compactMap { RunNote(at: "\(project)/runs/\($0)/project") }
        let ours = (Disk.realPath(path) ?? path) + "/worktrees/"
        return Set(notes.map(\.common)).subtracting([""]).sorted().flatMap { common in
            Disk.names(in: "\(common)/worktrees").compactMap { entry in
                let directory = "\(common)/worktrees/\(entry)"
                guard let line = Disk.line(of: "\(directory)/gitdir"), line.hasPrefix(ours), line.hasSuffix("/.git")
                else { return nil }
                let name = String(line.dropFirst(ours.count).dropLast(5))
                return name.contains("/") ? nil : (name, directory)
            }
        }
    }

    /// What stands before the name of a project, where the name of a run would stand; no run's has a point.
    private static let shared = "project."

    /// The projects that keep something under the name of a run.
    func keys(of name: String) -> [String] {
        projects.filter { key in
            ["runs", "git/refs/runs"].contains { Disk.exists("\(workspaces)/\(key)/\($0)/\(name)") }
                || Disk.exists("\(workspaces)/\(key).\(name).lock")
        }
    }

    private var projects: [String] {
        let names = Disk.names(in: workspaces).compactMap { $0.split(separator: ".").first.map(String.init) }
        return Set(names).sorted()
    }

    /// The project that a name stands for, whose runs are all gone.
    func sharedKey(_ name: String) -> String? {
        name.hasPrefix(Self.shared) ? String(name.dropFirst(Self.shared.count)) : nil
    }
}

/// Which project a run is of, written before anything is made for it.
struct RunNote: Sendable {
    /// Absolute path of the directory that was named.
    var project: String
    /// Absolute path of the git directory of its repository; empty for none.
    var common: String
    /// The store that knows the run.
    var owner: String

    init(project: String, common: String, owner: String) {
        self.owner = owner
        self.project = project
        self.common = common
    }

    init?(at path: String) {
        guard let bytes = Disk.read(path) else { return nil }
        let fields = bytes.split(separator: 0, omittingEmptySubsequences: false)
        guard fields.count == 3 else { return nil }
        project = String(decoding: fields[0], as: UTF8.self)
        common = String(decoding: fields[1], as: UTF8.self)
        owner = String(decoding: fields[2], as: UTF8.self)
    }

    func write(to path: String) throws(Failure) {
        try Disk.write(Array("\(project)\0\(common)\0\(owner)".utf8), to: path)
    }
}

extension Disk {
    /// What a file or a tree takes on the disk; links are counted and not followed.
    static func bytes(of path: String) -> Int {
        var (sum, rest) = (0, [path])
        while let path = rest.popLast() {
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            sum += 512 * Int(status.st_blocks)
            if status.isDirectory { rest += names(in: path).map { "\(path)/\($0)" } }
        }
        return sum
    }
}
