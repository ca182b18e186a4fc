import Glibc

/// What differs between two trees, as `git diff-tree -r --raw --no-renames` tells it: the same changes in that order.
struct TreeComparison {
    private let objects: LooseObjects
    private var path: [UInt8] = []
    private var changes: [RawChange] = []

    private init(_ objects: LooseObjects) { self.objects = objects }

    /// - Throws: what kept a tree from being read; git may know more.
    static func changes(_ old: ObjectID, _ new: ObjectID, in objects: LooseObjects) throws(FileFault) -> [RawChange] {
        var comparison = TreeComparison(objects)
        try comparison.compare(old, new)
        return comparison.changes
    }

    private func entries(of id: ObjectID?) throws(FileFault) -> [TreeEntry] {
        guard let id else { return [] }
        return try TreeCodec.entries(in: objects.read(id, .tree))
    }

    private mutating func compare(_ old: ObjectID?, _ new: ObjectID?) throws(FileFault) {
        var before = try entries(of: old)[...]
        var after = try entries(of: new)[...]
        while true {
            switch (before.first, after.first) {
            case (nil, nil): return
            case (let one?, let other?) where !TreeEntry.precedes(one, other) && !TreeEntry.precedes(other, one):
                if one != other { try note(one, other) }
                (before, after) = (before.dropFirst(), after.dropFirst())
            case (let one?, let other) where other.map { TreeEntry.precedes(one, $0) } ?? true:
                try note(one, nil)
                before = before.dropFirst()
            case (_, let other):
                try note(nil, other)
                after = after.dropFirst()
            }
        }
    }

    /// Two entries of one name are both directories or neither, as a directory is sorted under another name.
    private mutating func note(_ old: TreeEntry?, _ new: TreeEntry?) throws(FileFault) {
        guard let entry = old ?? new else { return }
        let length = path.count
        defer { path.removeSubrange(length...) }
        path += entry.name
        if entry.mode == .directory {
            path.append(UInt8(ascii: "/"))
            try compare(old?.id, new?.id)
        } else {
            changes.append(RawChange(path: path, old: RawChange.Entry(old), new: RawChange.Entry(new)))
        }
    }
}

extension RawChange.Entry {
    fileprivate init(_ entry: TreeEntry?) {
        mode = entry?.mode.digits ?? "000000"
        object = entry?.id.hexadecimal ?? String(repeating: "0", count: 2 * ObjectID.count)
    }
}
