/// "Did you mean": the nearest word by edit distance.
public enum Suggestion {
    /// ` Did you mean 'timeout'?`, with a space before it, or nothing when no word is near.
    public static func sentence(for word: String, among known: some Collection<String>) -> String {
        nearest(to: word, among: known).map { " Did you mean '\($0)'?" } ?? ""
    }

    /// The known word that the fewest edits turn into this one; at most a third of its letters, and at least one.
    public static func nearest(to word: String, among known: some Collection<String>) -> String? {
        let near = known.compactMap { candidate -> (edits: Int, word: String)? in
            let most = max(1, candidate.count / 3)
            // Each edit changes the length by one at most; so a word of megabytes costs nothing.
            guard abs(candidate.count - word.count) <= most else { return nil }
            let edits = distance(candidate, word)
            return edits <= most ? (edits, candidate) : nil
        }
        return near.min { $0 < $1 }?.word
    }

    /// How many single-character insertions, deletions, replacements and swaps of neighbours turn `a` into `b`.
    ///
    /// Optimal string alignment, a restricted Damerau-Levenshtein distance.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a)
        let b = Array(b)
        var before: [Int] = []
        var row = Array(0...b.count)
        for i in a.indices {
            var next = [i + 1]
            for j in b.indices {
                let replaced = row[j] + (a[i] == b[j] ? 0 : 1)
                var best = min(replaced, row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                next.append(best)
            }
            (before, row) = (row, next)
        }
        return row[b.count]
    }
}
