/// How a JSON document is laid out.
public enum JSONForm: Sendable, Hashable {
    /// No space at all, members sorted; a ``JSONValue/double(_:)`` shows that it is one: `1.0`.
    case compact
    /// Two spaces of indentation, members sorted, numbers as in ``compact``; no line end after the document.
    case pretty
    /// RFC 8785: one byte sequence for equal documents. Numbers are what ECMAScript makes of them, so `1.0` and `1` are
    /// both `1`, and a whole number beyond 2^53 is the nearest IEEE 754 double.
    case canonical
}

extension JSONValue {
    /// The value as a JSON document in UTF-8, with members sorted by their UTF-16 code units (RFC 8785, section 3.2.3).
    ///
    /// Total: JSON has no number for infinities and for not-a-number, which no reader yields; they are written as the
    /// strings `"Infinity"`, `"-Infinity"` and `"NaN"`, as the JSON mapping of Protocol Buffers does, so that they cannot
    /// be taken for anything else. Every other value is read back as itself from ``JSONForm/compact`` and
    /// ``JSONForm/pretty``.
    public func encoded(_ form: JSONForm = .compact) -> [UInt8] {
        var writer = JSONWriter(form)
        writer.write(self)
        return writer.bytes
    }

    /// The value as compact text.
    public var jsonText: String { String(decoding: encoded(), as: UTF8.self) }
}
