/// JSON Schemas of the messages, read off the Swift types: each is decoded from a decoder that
/// notes what it is asked for. So a schema cannot say something else than the code does.
struct SchemaReader {
    /// Of each named type, as `components/schemas` has them.
    private(set) var schemas: [String: JSONValue] = [:]

    /// A reference to a type's schema; the schema itself where it has no name.
    mutating func schema<Value: Decodable>(of type: Value.Type) throws -> JSONValue {
        let notes = SchemaNotes()
        _ = try SchemaNotes.value(of: type, in: notes)
        schemas.merge(notes.schemas) { $1 }
        return notes.schema ?? .object([:])
    }
}

/// What one value's decoder was asked for.
final class SchemaNotes {
    var schemas: [String: JSONValue] = [:]
    var schema: JSONValue?
    fileprivate var properties: [String: JSONValue] = [:]
    fileprivate var required: [String] = []
    fileprivate var isObject = false
    fileprivate var item: JSONValue?
    fileprivate var isMap = false

    /// Some value of the type, whose schema is noted in `notes`.
    static func value<Value: Decodable>(
        of type: Value.Type, in notes: SchemaNotes
    ) throws -> Value {
        if let cases = type as? any CaseIterable.Type, let value = first(of: cases) as? Value {
            let words = Self.words(of: cases)
            notes.schema = .object([
                "type": "string", "enum": .list(words.sorted().map { .text($0) }),
            ])
            return value
        }
        if let value = plain(type, notes) { return value }
        let inner = SchemaNotes()
        let value = try Value(from: SchemaDecoder(notes: inner))
        notes.schemas.merge(inner.schemas) { $1 }
        if let item = inner.item {
            notes.schema =
                inner.isMap
                ? .object(["type": "object", "additionalProperties": item])
                : .object(["type": "array", "items": item])
        } else if inner.isObject {
            let name = "\(Value.self)"
            notes.schemas[name] = .object([
                "type": "object", "properties": .object(inner.properties),
                "required": .list(inner.required.sorted().map { .text($0) }),
            ])
            notes.schema = .object(["$ref": .text("#/components/schemas/\(name)")])
        } else {
            notes.schema = inner.schema
        }
        return value
    }

    private static func plain<Value>(_ type: Value.Type, _ notes: SchemaNotes) -> Value? {
        let known: [(any Any.Type, Any, JSONValue)] = [
            (String.self, "", .object(["type": "string"])),
            (Bool.self, false, .object(["type": "boolean"])),
            (Double.self, 0.0, .object(["type": "number"])),
            (Int.self, 0, .object(["type": "integer", "format": "int64"])),
            (Int64.self, Int64(0), .object(["type": "integer", "format": "int64"])),
        ]
        for (one, value, schema) in known where one == type {
            notes.schema = schema
            return value as? Value
        }
        return nil
    }

    private static func first<Cases: CaseIterable>(of type: Cases.Type) -> Any? {
        type.allCases.first
    }

    private static func words<Cases: CaseIterable>(of type: Cases.Type) -> [String] {
        type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }
}

private struct SchemaDecoder: Decoder {
    let notes: SchemaNotes
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        notes.isObject = true
        return KeyedDecodingContainer(SchemaFields<Key>(notes: notes))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { SchemaItems(notes: notes) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        SchemaSingle(notes: notes)
    }
}

private struct SchemaFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let notes: SchemaNotes
    var codingPath: [any CodingKey] { [] }
    /// One of any name: a dictionary asks for what there is.
    var allKeys: [Key] {
        notes.isMap = true
        return Key(stringValue: "name").map { [$0] } ?? []
    }

    func contains(_ key: Key) -> Bool { true }

    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try note(type, key, isRequired: true)
    }

    func decodeIfPresent<Value: Decodable>(
        _ type: Value.Type, forKey key: Key
    ) throws -> Value? {
        try note(type, key, isRequired: false)
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try note(type, key, isRequired: false)
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try note(type, key, isRequired: false)
    }

    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try note(type, key, isRequired: false)
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try note(type, key, isRequired: false)
    }

    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try note(type, key, isRequired: false)
    }

    private func note<Value: Decodable>(
        _ type: Value.Type, _ key: Key, isRequired: Bool
    ) throws -> Value {
        let inner = SchemaNotes()
        let value = try SchemaNotes.value(of: type, in: inner)
        notes.schemas.merge(inner.schemas) { $1 }
        if notes.isMap {
            notes.item = inner.schema
            return value
        }
        notes.properties[key.stringValue] = inner.schema
        if isRequired { notes.required.append(key.stringValue) }
        return value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw SchemaError() }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw SchemaError()
    }

    func superDecoder() throws -> any Decoder { throw SchemaError() }

    func superDecoder(forKey key: Key) throws -> any Decoder { throw SchemaError() }
}

/// A list of one item.
private struct SchemaItems: UnkeyedDecodingContainer {
    let notes: SchemaNotes
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let inner = SchemaNotes()
        let value = try SchemaNotes.value(of: type, in: inner)
        notes.schemas.merge(inner.schemas) { $1 }
        notes.item = inner.schema
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw SchemaError() }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw SchemaError()
    }

    mutating func superDecoder() throws -> any Decoder { throw SchemaError() }
}

private struct SchemaSingle: SingleValueDecodingContainer {
    let notes: SchemaNotes
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let inner = SchemaNotes()
        let value = try SchemaNotes.value(of: type, in: inner)
        notes.schemas.merge(inner.schemas) { $1 }
        notes.schema = inner.schema
        return value
    }
}

/// A type that is decoded in a way that no message of the panel's is.
struct SchemaError: Error {}
