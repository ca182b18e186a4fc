import Synchronization

/// A value that is made when it is first asked for, and kept.
public final class Once<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let make: @Sendable () -> Value

    public init(_ make: @escaping @Sendable () -> Value) { self.make = make }

    public func callAsFunction() -> Value {
        value.withLock { value in
            if let made = value { return made }
            let made = make()
            value = made
            return made
        }
    }
}
