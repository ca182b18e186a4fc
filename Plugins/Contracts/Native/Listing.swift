import FoundationEssentials
import HTTPKit
import PipelineEngine
import PipelineKit

/// One page of a list: `{"items":[…],"next":…}`.
struct Listing {
    /// What asks for the page after this one; null at the end.
    private let next: JSONValue
    private let write: (inout JSONWriter) -> Void

    init(items: [JSONValue], next: JSONValue = .null) {
        self.init(items, next: next) { $0.write($1) }
    }

    /// A list of what can write itself.
    init<Item>(_ items: [Item], next: JSONValue, write: @escaping (inout JSONWriter, Item) -> Void) {
        self.next = next
        self.write = { list in for item in items { write(&list, item) } }
    }

    var response: HTTPResponse {
        .json { writer in
            writer.object { [write, next] in
                $0.member("items") { $0.array(write) }
                $0.member("next", next)
            }
        }
    }
}

extension HTTPRequest {
    /// How many items a page has.
    func limit() throws(HTTPError) -> Int { try number("limit", in: 1...500) ?? 50 }

    /// Where the page before ended; `nil` for the first page.
    func cursor() throws(HTTPError) -> RunQuery.Place? {
        guard let text = query("cursor") else { return nil }
        guard let place = RunQuery.Place(cursor: text) else {
            let sentence = "Parameter 'cursor' must be the 'next' of a page before, but is '\(text.shown)'."
            throw HTTPError(.unprocessable, sentence, code: "invalid_cursor")
        }
        return place
    }
}

extension RunQuery.Place {
    /// The place as clients hand it back: opaque to them, base64url of RFC 4648, section 5, without padding.
    var cursor: String {
        let text = Data("\(updatedAt.milliseconds):\(run)".utf8).base64EncodedString()
        return String(text.compactMap { $0 == "=" ? nil : $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }

    init?(cursor: String) {
        let text = String(cursor.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text + padding), let plain = String(validating: data, as: UTF8.self) else {
            return nil
        }
        let parts = plain.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Int(parts[0]), !parts[1].isEmpty else { return nil }
        self.init(updatedAt: Instant(milliseconds: time), run: RunID(String(parts[1])))
    }
}

extension RouteDescription.Parameter {
    static let limit = RouteDescription.Parameter(
        "limit",
        "How many items a page has.",
        ["type": "integer", "minimum": 1, "maximum": 500, "default": 50]
    )
    static let cursor = RouteDescription.Parameter("cursor", "The 'next' of the page before.")
    static let after = RouteDescription.Parameter(
        "after",
        "Only events after this sequence.",
        ["type": "integer", "minimum": 0, "default": 0]
    )
}
