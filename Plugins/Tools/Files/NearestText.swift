/// The part of a file that is most like a text that was not found in it.
struct NearestText {
    /// What to say of it, with a space before it; empty when nothing is near.
    let sentence: String

    init(_ text: String, in bytes: [UInt8]) {
        let lines = Self.lines(bytes)
        let wanted = Self.lines(Array(text.utf8)).map(Self.words)
        let present = lines.prefix(Self.most).map(Self.words)
        guard let (start, score) = Self.best(wanted, in: present), score > 0 else {
            sentence = ""
            return
        }
        let region = lines[start..<min(start + wanted.count, lines.count)]
        let isSame = zip(present[start...], wanted).allSatisfy { $0 == $1 } && region.count == wanted.count
        let what = isSame ? "It differs in white space only from" : "The nearest is"
        let place = region.count == 1 ? "line \(start + 1)" : "lines \(start + 1) to \(start + region.count)"
        sentence = " \(what) \(place):\n" + region.prefix(20).map { String($0.prefix(200)) }.joined(separator: "\n")
    }

    /// Lines looked at; a file that long has no person's text in it.
    private static let most = 20_000

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private static func words(_ line: String) -> [Substring] { line.split(whereSeparator: \.isWhitespace) }

    /// The first line of the region that shares the most words, line by line, and how many.
    private static func best(_ wanted: [[Substring]], in lines: [[Substring]]) -> (start: Int, score: Int)? {
        let sets = wanted.prefix(50).map(Set.init)
        var best: (start: Int, score: Int)?
        for start in lines.indices {
            let score = zip(sets, lines[start...]).reduce(0) { sum, pair in
                sum + pair.1.count { pair.0.contains($0) } + (pair.1.isEmpty ? 0 : pair.0 == Set(pair.1) ? 1 : 0)
            }
            if score > best?.score ?? 0 { best = (start, score) }
        }
        return best
    }
}
