/// A part of a value that seldom changes: copies of the value share it until one of them changes it, and to copy it is
/// one count.
@propertyWrapper
public struct Shared<Value: Sendable & Hashable>: Sendable, Hashable {
    /// Unchecked: written only by who holds the one reference to it.
    private final class Box: @unchecked Sendable {
        @exclusivity(unchecked) var value: Value
        init(_ value: Value) { self.value = value }
    }

    private var box: Box

    public init(wrappedValue: Value) { box = Box(wrappedValue) }

    public var wrappedValue: Value {
        _read { yield box.value }
        _modify {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.value) }
            yield &box.value
        }
        set { box = Box(newValue) }
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.box === right.box || left.box.value == right.box.value
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(box.value) }
}
