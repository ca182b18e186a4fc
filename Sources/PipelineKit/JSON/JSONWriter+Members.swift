// One line for each member of an object. A member that is `nil` is left out.
extension JSONWriter {
    public mutating func member(_ name: String, _ text: String?) {
        guard let text else { return }
        key(name)
        write(text)
    }

    public mutating func member(_ name: String, _ number: Int?) {
        guard let number else { return }
        key(name)
        write(number)
    }

    public mutating func member(_ name: String, _ number: Double?) {
        guard let number else { return }
        key(name)
        write(number)
    }

    public mutating func member(_ name: String, _ value: Bool?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    public mutating func member(_ name: String, _ value: JSONValue?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    /// A member whose value the closure writes: exactly one.
    public mutating func member(_ name: String, _ value: (inout JSONWriter) -> Void) {
        key(name)
        value(&self)
    }
}
