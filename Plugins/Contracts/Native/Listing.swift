import FoundationEssentials
import HTTPKit
import PipelineEngine
import PipelineKit

/// One page of a list: `{"items":[…],"next":…}`.
struct Listing: Sendable {
    var items: [JSONValue]
    /// What asks for the page after this one; null at the end.
    var next = JSONValue.null

    var response: HTTPResponse {
        .json(capacity: 256 * items.count + 64) { writer in
            writer.object { [items, next] in
                $0.member("items") { list in list.array { for item in items { $0.write(item) } } }
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
