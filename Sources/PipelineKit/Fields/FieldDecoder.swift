/// Hands the fields that were read to the initialiser that the compiler wrote for a group.
///
/// This is the one way to set the stored properties of any group without a macro.
struct FieldDecoder: Decoder {
    let fields: [String: any AnyField]
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Container<Key>(fields: fields))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Self.notAField }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Self.notAField }

    static let notAField = Failure(.invalidInput, "A field group holds only @Field properties.")
}

private struct Container<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let fields: [String: any AnyField]
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { fields[name(key)] != nil }
    func decodeNil(forKey key: Key) -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        guard let field = fields[name(key)] as? T else { throw FieldDecoder.notAField }
        return field
    }
    func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: Key) throws -> KeyedDecodingContainer<N> {
        throw FieldDecoder.notAField
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw FieldDecoder.notAField }
    func superDecoder() throws -> any Decoder { throw FieldDecoder.notAField }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw FieldDecoder.notAField }

    private func name(_ key: Key) -> String { snakeCase(Substring(key.stringValue)) }
}
