/// What differs between two texts, line by line, as a unified diff.
struct LineDiff: Sendable {
    private(set) var additions = 0
    private(set) var deletions = 0
    /// Without the names of files: it begins with `@@`; empty where nothing differs.
    private(set) var text = ""

    private struct Line {
        var mark: Character
        var text: Substring
        /// Lines of either text that stand before it.
        var before: (old: Int, new: Int)
    }

    /// Lines that stand around a change.
    private static let context = 3
    /// Of longer texts all lines are told as changed: to compare them takes time in the square of what differs.
    private static let mostLines = 4_000

    init(_ old: String, _ new: String) {
        let lines = Self.lines(Self.split(old), Self.split(new))
        additions = lines.count { $0.mark == "+" }
        deletions = lines.count { $0.mark == "-" }
        for hunk in Self.hunks(lines) { add(lines[hunk]) }
    }

    /// All lines of a text with one mark.
    static func marked(_ mark: Character, _ text: String) -> String {
        split(text).map { "\(mark)\($0)\n" }.joined()
    }

    /// A line that has no end is one, too.
    private static func split(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func lines(_ old: [Substring], _ new: [Substring]) -> [Line] {
        var (removed, inserted) = (Set<Int>(), Set<Int>())
        if max(old.count, new.count) > mostLines {
            (removed, inserted) = (Set(old.indices), Set(new.indices))
        } else {
            for change in new.difference(from: old) {
                switch change {
                case .remove(let offset, _, _): removed.insert(offset)
                case .insert(let offset, _, _): inserted.insert(offset)
                }
            }
        }
        var (lines, place) = ([Line](), (old: 0, new: 0))
        while place.old < old.count || place.new < new.count {
            if removed.contains(place.old), place.old < old.count {
                lines.append(Line(mark: "-", text: old[place.old], before: place))
                place.old += 1
            } else if inserted.contains(place.new), place.new < new.count {
                lines.append(Line(mark: "+", text: new[place.new], before: place))
                place.new += 1
            } else {
                lines.append(Line(mark: " ", text: old[place.old], before: place))
                place = (place.old + 1, place.new + 1)
            }
        }
        return lines
    }

    /// The changes with what stands around them; those that are near each other together.
    private static func hunks(_ lines: [Line]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for index in lines.indices where lines[index].mark != " " {
            let around = max(0, index - context)..<min(lines.count, index + context + 1)
            if let last = hunks.last, around.lowerBound <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<around.upperBound
            } else {
                hunks.append(around)
            }
        }
        return hunks
    }

    private mutating func add(_ lines: ArraySlice<Line>) {
        guard let first = lines.first else { return }
        let old = lines.count { $0.mark != "+" }
        let new = lines.count { $0.mark != "-" }
        text += "@@ -\(Self.place(first.before.old, old)) +\(Self.place(first.before.new, new)) @@\n"
        for line in lines { text += "\(line.mark)\(line.text)\n" }
    }

    /// A range of no lines names the line before it; POSIX, diff, "Diff -u Output Format".
    private static func place(_ before: Int, _ count: Int) -> String {
        let first = count == 0 ? before : before + 1
        return count == 1 ? "\(first)" : "\(first),\(count)"
    }
}
