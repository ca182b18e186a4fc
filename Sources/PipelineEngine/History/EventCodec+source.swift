import PipelineKit

extension ProjectSource {
    /// `{"git":"https://example.org/shop.git"}`; empty for a project that begins empty.
    var body: JSONValue {
        switch self {
        case .nothing: [:]
        case .git(let address): ["git": .string(address)]
        }
    }

    init?(body: JSONValue) {
        guard case .object(let members) = body else { return nil }
        guard let address = members["git"] else {
            self = .nothing
            return
        }
        guard let text = address.text else { return nil }
        self = .git(text)
    }
}
