import Synchronization

/// A field as a group declares it.
struct DeclaredField: Sendable {
    var name: String
    var field: any AnyField
    /// Whether it must be given.
    let isRequired: Bool

    init(name: String, field: any AnyField) {
        self.name = name
        self.field = field
        isRequired = field.isRequired
    }

    /// By the type of the group: to make a new one and to collect its fields takes longer than to read it, and each call
    /// of a model reads one.
    static let known = Known()

    final class Known: Sendable {
        private let groups = Mutex<[ObjectIdentifier: [DeclaredField]]>([:])

        /// - Parameter declare: Collects the fields of a new group; may be called by several at once, the first time.
        func of(_ group: Any.Type, _ declare: () -> [DeclaredField]) -> [DeclaredField] {
            let id = ObjectIdentifier(group)
            if let known = groups.withLock({ $0[id] }) { return known }
            let fields = declare()  // not under the lock: a group's defaults may be groups
            groups.withLock { $0[id] = fields }
            return fields
        }
    }
}
