/// Writes the trees of files that are sorted by their paths.
struct TreeWriter {
    private let entries: [IndexFile.Entry]

    init(_ entries: [IndexFile.Entry]) { self.entries = entries }

    /// - Parameter prefix: How many bytes of each path lead to the tree.
    func write(below prefix: Int, into batch: inout ObjectBatch) throws(FileFault) -> ObjectID {
        try write(entries.indices, prefix, &batch)
    }

    private func write(_ range: Range<Int>, _ prefix: Int, _ batch: inout ObjectBatch) throws(FileFault) -> ObjectID {
        var bytes: [UInt8] = []
        var blobs: [ObjectID] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let entry = entries[start]
            let rest = entry.path[prefix...]
            if let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
                let end = end(of: entry.path[...slash], from: start, range)
                let tree = try write(start..<end, slash + 1, &batch)
                TreeCodec.append(.directory, rest[..<slash], tree, to: &bytes)
                start = end
            } else {
                guard let mode = EntryMode(rawValue: entry.mode) else { throw .unusual }
                TreeCodec.append(mode, rest, entry.id, to: &bytes)
                blobs.append(entry.id)
                start += 1
            }
        }
        return try write(bytes, holding: blobs, &batch)
    }

    private func end(of directory: ArraySlice<UInt8>, from start: Int, _ range: Range<Int>) -> Int {
        entries[start..<range.upperBound].firstIndex { !$0.path.starts(with: directory) } ?? range.upperBound
    }

    /// A tree that is there was written after all that is in it; of a new one, that has to be looked up.
    private func write(
        _ bytes: [UInt8],
        holding blobs: [ObjectID],
        _ batch: inout ObjectBatch
    ) throws(FileFault) -> ObjectID {
        let id = ObjectID(.tree, bytes)
        if batch.holds(id) { return id }
        for blob in blobs where !batch.holds(blob) { throw .damaged }
        try batch.write(id, .tree, bytes)
        return id
    }
}
