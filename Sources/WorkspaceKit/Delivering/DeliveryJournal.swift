import PipelineKit

/// What a delivery is about to do, on the disk before it is done.
///
/// Until the steps are in it, whoever finds it undoes what was prepared; from then on, whoever finds it finishes. So the
/// project has all of a delivery or nothing, whenever the process dies.
struct DeliveryJournal: Sendable, Hashable {
    struct Step: Sendable, Hashable {
        var path: [UInt8]
        /// What must be there still; `nil` for nothing.
        var old: FileState?
        /// The name of what is put there, among what was prepared; `nil` for nothing.
        var prepared: String?
        /// What is there afterwards.
        var new: FileState?
    }

    /// A commit on the current branch.
    struct Commit: Sendable, Hashable {
        var old: String
        var new: String
        /// Lines for `git update-index --index-info`, each ended by NUL.
        var index: [UInt8]
    }

    /// Absolute path of the project.
    var project: String
    /// The name of the directory in the project where its new files are prepared.
    var preparation: String
    /// `nil` until everything is prepared.
    var steps: [Step]?
    var commit: Commit?

    init(project: String, preparation: String) {
        self.project = project
        self.preparation = preparation
    }
}

/// As JSON, where paths are in hexadecimal: they are bytes.
extension DeliveryJournal {
    init?(at path: String) {
        guard let bytes = Disk.read(path), let json = try? JSONValue(parsing: bytes),
            let project = json["project"]?.text, let preparation = json["preparation"]?.text
        else { return nil }
        self.init(project: project, preparation: preparation)
        if let list = json["steps"] {
            let read = list.elements.compactMap(Step.init)
            guard read.count == list.elements.count else { return nil }
            steps = read
        }
        if let commit = json["commit"] {
            guard let old = commit["old"]?.text, let new = commit["new"]?.text,
                let index = commit["index"]?.text.flatMap([UInt8].init(hexadecimal:))
            else { return nil }
            self.commit = Commit(old: old, new: new, index: index)
        }
    }

    func write(to path: String) throws(Failure) {
        var members: [String: JSONValue] = ["project": .string(project), "preparation": .string(preparation)]
        members["steps"] = steps.map { .array($0.map(\.json)) }
        members["commit"] = commit.map {
            ["old": .string($0.old), "new": .string($0.new), "index": .string($0.index.hexadecimal)]
        }
        try Disk.write(JSONValue.object(members).encoded(), to: path)
    }
}

extension DeliveryJournal.Step {
    fileprivate init?(_ json: JSONValue) {
        guard let path = json["path"]?.text.flatMap([UInt8].init(hexadecimal:)) else { return nil }
        self.path = path
        old = json["old"]?.text.flatMap(FileState.init(text:))
        new = json["new"]?.text.flatMap(FileState.init(text:))
        prepared = json["prepared"]?.text
    }

    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["path": .string(path.hexadecimal)]
        members["old"] = (old?.text).map(JSONValue.string)
        members["new"] = (new?.text).map(JSONValue.string)
        members["prepared"] = prepared.map(JSONValue.string)
        return .object(members)
    }
}

extension FileState {
    fileprivate var text: String { "\(mode.digits) \(id.hexadecimal)" }

    fileprivate init?(text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 2, let number = UInt32(words[0], radix: 8), let mode = EntryMode(rawValue: number),
            let id = ObjectID(words[1])
        else { return nil }
        self.init(mode, id)
    }
}
