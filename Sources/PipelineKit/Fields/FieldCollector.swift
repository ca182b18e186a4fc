/// Collects the fields of a group through the encoding that the compiler wrote for it: reflection takes many times as long.
final class FieldCollector: Encoder {
    /// In the order they are written.
    private(set) var fields: [DeclaredField] = []
    /// The property that is being encoded.
    fileprivate var name = ""
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func add(_ field: any AnyField) { fields.append(DeclaredField(name: name, field: field)) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Container<Key>(collector: self))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { NoField() }
    func singleValueContainer() -> any SingleValueEncodingContainer { NoField() }
}

private struct Container<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let collector: FieldCollector
    var codingPath: [any CodingKey] { [] }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        collector.name = snakeCase(Substring(key.stringValue))
        try value.encode(to: collector)
    }
    func encodeNil(forKey key: Key) throws { throw FieldDecoder.notAField }
    func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: Key) -> KeyedEncodingContainer<N> {
        collector.container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { NoField() }
    func superEncoder() -> any Encoder { collector }
    func superEncoder(forKey key: Key) -> any Encoder { collector }
}

/// Refuses what a property that is no field would encode.
private struct NoField: UnkeyedEncodingContainer, SingleValueEncodingContainer {
    var codingPath: [any CodingKey] { [] }
    var count: Int { 0 }

    func encode<T: Encodable>(_ value: T) throws { throw FieldDecoder.notAField }
    func encodeNil() throws { throw FieldDecoder.notAField }
    func nestedContainer<N: CodingKey>(keyedBy type: N.Type) -> KeyedEncodingContainer<N> {
        FieldCollector().container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { NoField() }
    func superEncoder() -> any Encoder { FieldCollector() }
}
