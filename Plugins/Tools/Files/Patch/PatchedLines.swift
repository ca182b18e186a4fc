import WorkspaceKit

/// The lines of a file while hunks are applied to it, one after the other.
struct PatchedLines {
    /// Where a hunk was found, and how.
    struct Fit: Hashable {
        /// Lines before it in the file.
        var position: Int
        /// How far from where the patch says; 0 where it does not say.
        var offset = 0
        /// Whether blanks or lines around it differ from the patch.
        var isLoose = false
    }

    /// Why a hunk fits nowhere.
    enum Misfit: Error, Hashable {
        case absent
        /// A line that should come before the hunk is not there.
        case noAnchor(String)
        /// Lines counted from 1.
        case ambiguous([Int])
    }

    /// Without their line breaks; a carriage return is one of the blanks at their ends.
    private(set) var lines: [ArraySlice<UInt8>]
    private var endsWithBreak: Bool
    private let hasCarriageReturns: Bool
    /// The lines before this one are done.
    private var cursor = 0
    /// By how many lines the file has moved on beside the numbers of the patch.
    private var drift = 0

    init(_ bytes: [UInt8]) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        endsWithBreak = lines.last?.isEmpty == true && lines.count > 1
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
        hasCarriageReturns = lines.count { $0.last == 0x0D } * 2 > lines.count
    }

    var bytes: [UInt8] {
        Array(lines.joined(separator: [0x0A])) + (endsWithBreak && !lines.isEmpty ? [0x0A] : [])
    }

    mutating func apply(_ hunk: Hunk) throws(Misfit) -> Fit {
        let (fit, hunk) = try find(hunk)
        // A patch that was written without carriage returns is one for the lines, not for their ends.
        let adds = hasCarriageReturns && !hunk.lines.contains { $0.text.last == 0x0D }
        var taken = fit.position
        var result: [ArraySlice<UInt8>] = []
        for line in hunk.lines {
            switch line.kind {
            // As it is in the file: the patch may have other blanks.
            case .context: result.append(lines[taken])
            case .removed: break
            case .added: result.append(adds ? line.text + [0x0D] : line.text)
            }
            if line.kind != .added { taken += 1 }
        }
        end(hunk, isLast: taken == lines.count)
        lines.replaceSubrange(fit.position..<taken, with: result)
        cursor = fit.position + result.count
        drift += fit.offset + result.count - (taken - fit.position)
        return fit
    }

    private mutating func end(_ hunk: Hunk, isLast: Bool) {
        guard isLast else { return }
        if lines.isEmpty { endsWithBreak = true }
        if hunk.lacksBreak.before { endsWithBreak = true }
        if hunk.lacksBreak.after { endsWithBreak = false }
    }

    // MARK: - Where a hunk stands

    /// - Returns: with what is left of the hunk when lines around it had to be left out.
    private func find(_ hunk: Hunk) throws(Misfit) -> (Fit, Hunk) {
        let start = try place(after: hunk.anchors)
        if let fit = try position(of: hunk, from: start) { return (fit, hunk) }
        // As patch(1) does: what is there for orientation only may have changed.
        let margins = hunk.margins
        for fuzz in 1...2 {
            let (before, after) = (min(fuzz, margins.before), min(fuzz, margins.after))
            guard before + after > 0 else { break }
            let rest = hunk.trimmed(before, after)
            guard !rest.old.isEmpty, var fit = try position(of: rest, from: start) else { continue }
            fit.isLoose = true
            return (fit, rest)
        }
        throw .absent
    }

    /// The first line that may belong to a hunk.
    private func place(after anchors: [ArraySlice<UInt8>]) throws(Misfit) -> Int {
        var start = cursor
        for anchor in anchors {
            let rest = lines[start...]
            let exact = rest.firstIndex { $0.trimmed == anchor }
            guard let found = exact ?? rest.firstIndex(where: { $0.trimmed.starts(with: anchor) }) else {
                throw .noAnchor(anchor.text)
            }
            start = found + 1
        }
        return start
    }

    private func position(of hunk: Hunk, from start: Int) throws(Misfit) -> Fit? {
        let old = hunk.old
        guard !old.isEmpty else { return insertion(of: hunk, from: start) }
        for (isLoose, equal) in Self.comparisons {
            var places = places(of: old, from: start, equal)
            if hunk.isAtEnd { places = places.filter { $0 + old.count == lines.count } }
            guard let first = places.first else { continue }
            if let expected = hunk.start.map({ $0 + drift }) {
                let nearest = places.min { abs($0 - expected) < abs($1 - expected) } ?? first
                return Fit(position: nearest, offset: nearest - expected, isLoose: isLoose)
            }
            guard places.count == 1 || !hunk.anchors.isEmpty else { throw .ambiguous(places.map { $0 + 1 }) }
            return Fit(position: first, isLoose: isLoose)
        }
        return nil
    }

    /// A hunk that only adds lines goes where the patch says, or to the end.
    private func insertion(of hunk: Hunk, from start: Int) -> Fit? {
        guard let expected = hunk.start.map({ $0 + drift }) else {
            return Fit(position: hunk.anchors.isEmpty || hunk.isAtEnd ? lines.count : start)
        }
        let position = min(max(expected, start), lines.count)
        return Fit(position: position, offset: position - expected)
    }

    private typealias Comparison = (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Bool

    /// From strict to loose: to the byte, but for blanks at the end, but for blanks at both ends.
    private static let comparisons: [(Bool, @Sendable (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Bool)] = [
        (false, { $0 == $1 }), (true, { $0.withoutEnd == $1.withoutEnd }), (true, { $0.trimmed == $1.trimmed }),
    ]

    private func places(of old: [ArraySlice<UInt8>], from start: Int, _ equal: Comparison) -> [Int] {
        guard lines.count >= old.count, start <= lines.count - old.count else { return [] }
        return (start...(lines.count - old.count)).filter { place in
            old.indices.allSatisfy { equal(lines[place + $0], old[$0]) }
        }
    }
}
