import PipelineKit
import RPCKit

// What a server lists: `tools`, `resources`, `resourceTemplates` or `prompts`.
extension MCPServer {
    /// Everything that a list has, page by page, as far as is taken.
    func list(_ what: String) async throws(Failure) -> (all: [JSONValue], isWhole: Bool) {
        var (all, cursor): ([JSONValue], String?) = ([], nil)
        for _ in 0..<Self.mostPages {
            let page = try await page(of: what, at: cursor)
            all += page[what]?.elements ?? []
            cursor = page["nextCursor"]?.text
            if all.count > Self.mostListed { break }
            if cursor == nil { return (all, true) }
        }
        return (Array(all.prefix(Self.mostListed)), false)
    }

    /// Whether one of these lists has something on its first page; one that is refused has not.
    func hasAny(_ lists: [String]) async -> Bool {
        for what in lists {
            if let page = try? await page(of: what, at: nil), page[what]?.elements.isEmpty == false { return true }
        }
        return false
    }

    private func page(of what: String, at cursor: String?) async throws(Failure) -> JSONValue {
        let method = what == "resourceTemplates" ? "resources/templates/list" : "\(what)/list"
        let params: [String: JSONValue] = cursor.map { ["cursor": .string($0)] } ?? [:]
        return try await ask(method) { [timeout = declaration.timeout] session throws(RPCFault) in
            try await session.ask(method, params, within: timeout)
        }
    }

    static let mostListed = 500
    static let mostPages = 50
}
