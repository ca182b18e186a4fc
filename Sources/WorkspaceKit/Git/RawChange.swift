import PipelineKit

/// One difference between two trees, with what is in both; git-diff-tree(1), raw output format.
struct RawChange: Sendable {
    /// What a tree says of a path.
    struct Entry: Sendable, Hashable {
        /// Octal: `100644`, `100755`, `120000` for a symbolic link; `000000` where there is nothing.
        var mode: String
        var object: String

        var exists: Bool { mode != "000000" }
        var isLink: Bool { mode == "120000" }
    }

    /// A name is bytes: two names that are different bytes may be equal text.
    var path: [UInt8]
    var old: Entry
    var new: Entry

    var name: String { String(decoding: path, as: UTF8.self) }

    var change: FileChange {
        FileChange(!old.exists ? .added : new.exists ? .modified : .deleted, name)
    }

    /// Reads `:100644 100644 OLD NEW M` NUL `path` NUL, again and again.
    static func all(in output: [UInt8]) -> [RawChange] {
        let fields = output.split(separator: 0)
        return stride(from: 0, to: fields.count - 1, by: 2).compactMap { index in
            let words = String(decoding: fields[index].dropFirst(), as: UTF8.self).split(separator: " ").map(
                String.init
            )
            guard words.count == 5 else { return nil }
            let old = Entry(mode: words[0], object: words[2])
            let new = Entry(mode: words[1], object: words[3])
            return RawChange(path: Array(fields[index + 1]), old: old, new: new)
        }
    }
}
