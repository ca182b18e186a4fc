/// "Did you mean": the nearest word by edit distance.
public enum Suggestion {
    /// ` Did you mean 'timeout'?`, with a space before it, or nothing when no word is near.
    public static func sentence(for word: String, among known: some Collection<String>) -> String {
        nearest(to: word, among: known).map { " Did you mean '\($0)'?" } ?? ""
    }

    /// The known word that the fewest edits turn into this one: at most a third of its letters, one at least, but never
    /// all of them.
    public static func nearest(to word: String, among known: some Collection<String>) -> String? {
        let length = word.count
        let close = known.filter { abs($0.count - length) <= mostEdits(of: $0) }
        let ranked = close.map { (distance($0, word), $0) }.filter {
            $0 <= mostEdits(of: $1) && $0 < max($1.count, length)
        }
        return ranked.min { $0 < $1 }?.1
    }

    private static func mostEdits(of word: String) -> Int { max(1, word.count / 3) }

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
