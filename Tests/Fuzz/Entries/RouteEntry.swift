import HTTPKit

/// What must hold for any bytes taken as `METHOD target`: the target reads back from what was decoded of it, and the
/// router finds a route exactly where going through all patterns one by one finds one.
@Sendable public func tryRoute(_ bytes: [UInt8]) {
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
    guard words.count == 2, let target = try? RequestTarget(String(words[1])) else { return }
    check(target)
    let method = HTTPMethod(String(words[0]))
    let candidates = table.filter { $0.pattern.fits(target.segments) }
    let fitting = candidates.filter { $0.method == (method == .head ? .get : method) }
    precondition((router.methods(target.segments) == nil) == candidates.isEmpty, "A path has methods and no route.")
    do throws(HTTPError) {
        let match = try router.find(method, target.segments)
        let route = table[match.value]
        precondition(fitting.contains { $0.pattern == route.pattern }, "A route was found that does not fit.")
        // An encoded slash in the rest of a path is a slash like others.
        let path = route.pattern.filled(match.values).joined(separator: "/")
        precondition(path == target.segments.joined(separator: "/"), "The parameters are not of the path.")
    } catch {
        precondition(fitting.isEmpty, "A route that fits was not found.")
        precondition(error.status == (candidates.isEmpty ? .notFound : .methodNotAllowed), "The wrong error.")
        precondition((error.headers["allow"] == nil) == candidates.isEmpty, "A refusal does not say what is allowed.")
    }
}

private func check(_ target: RequestTarget) {
    let path = target.segments.map { "/" + encoded($0) }.joined()
    let query = target.query.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    let again = try? RequestTarget(query.isEmpty ? path : "\(path)?\(query)")
    precondition(again?.segments == target.segments, "A path does not read back.")
    precondition(again?.query == target.query, "A query does not read back.")
}

private func encoded(_ text: String) -> String {
    text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private let table: [(method: HTTPMethod, pattern: PathPattern)] = [
    (.get, "/"), (.get, "/a"), (.post, "/a"), (.get, "/a/{x}"), (.delete, "/a/{x}"), (.get, "/a/b"), (.get, "/a/b/"),
    (.post, "/a/{x}/c"), (.get, "/a/{x}/{y}"), (.get, "/a/b/{rest...}"), (.put, "/{all...}"), (.get, "/r/{rest...}"),
    (.get, "/{x}/b/c/d"),
].map { ($0, PathPattern($1)) }

private let router: Router<Int> = {
    var router = Router<Int>()
    for (index, route) in table.enumerated() {
        precondition(router.add(route.method, route.pattern, index) == nil, "The table has a route twice.")
    }
    return router
}()

extension PathPattern {
    /// The parts as they are written.
    private var words: [Substring] { text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) }

    private var isOpen: Bool { text.hasSuffix("...}") }

    fileprivate func fits(_ segments: [String]) -> Bool {
        let words = isOpen ? words.dropLast() : words[...]
        guard isOpen ? segments.count > words.count : segments.count == words.count else { return false }
        guard !isOpen || !climbs(segments[words.count...]) else { return false }
        return zip(words, segments).allSatisfy { word, segment in
            word.hasPrefix("{") ? !segment.isEmpty : word == segment
        }
    }

    private func climbs(_ rest: ArraySlice<String>) -> Bool {
        rest.contains { $0.contains("/") && !$0.split(separator: "/").filter { [".", ".."].contains($0) }.isEmpty }
    }

    /// The segments of the path on which the parameters have these values.
    fileprivate func filled(_ values: [String]) -> [String] {
        var values = values[...]
        return words.map { $0.hasPrefix("{") ? values.popFirst() ?? "" : String($0) }
    }
}
