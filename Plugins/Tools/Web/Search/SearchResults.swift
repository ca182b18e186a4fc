import PipelineKit

/// What a search service found.
struct SearchResults {
    struct Result: Hashable {
        var title: String
        var url: String
        var snippet: String
    }

    let all: [Result]

    /// Characters of each part; the most results together are no more than an event holds of an output.
    private static let most = (title: 150, url: 300, snippet: 300)

    /// - Throws: ``Failure/Kind/unavailable`` for an answer that has no list where one should be.
    init(_ answer: JSONValue, at places: ResultPlaces, from host: String, most count: Int) throws(Failure) {
        let found = places.list.split(separator: ".").reduce(answer as JSONValue?) { $0?[String($1)] }
        guard let found, case .array(let elements) = found else {
            let names = answer.members.keys.sorted().joined(separator: ", ").shortened(to: 300)
            let has = names.isEmpty ? "it is \(answer)" : "it has: \(names)"
            let place = places.list.isEmpty ? "is no list" : "has no list at '\(places.list)'"
            throw Failure(.unavailable, "The answer of '\(host)' \(place); \(has).")
        }
        let results = elements.lazy.compactMap { element -> Result? in
            guard let url = element[places.url]?.text else { return nil }
            return Result(
                title: Self.line(element[places.title]?.text ?? "", Self.most.title),
                url: Self.line(url, Self.most.url),
                snippet: Self.line(element[places.snippet]?.text ?? "", Self.most.snippet)
            )
        }
        all = Array(results.prefix(count))
    }

    private static func line(_ text: String, _ most: Int) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ").shortened(to: most)
    }

    /// Numbered, each with its title, its URL and a piece of its text.
    var text: String {
        let written = all.enumerated().map { number, result in
            let lines = [result.title.isEmpty ? "(no title)" : result.title, result.url, result.snippet]
            return "\(number + 1). " + lines.filter { !$0.isEmpty }.joined(separator: "\n   ")
        }
        return written.joined(separator: "\n\n")
    }
}
