/// An argument that a person declares in a pipeline: its type alone, or a mapping of type, default, choices and help.
public struct ArgumentDeclaration: FieldValue, Hashable {
    public enum Kind: String, Choice {
        case string
        case integer
        case number
        case boolean
        case list
        case mapping
        case any
    }

    private struct Syntax: Fields, Hashable {
        @Field("What kind of value it is.") var type: Kind = .string
        @Field("What the elements of a list, or the values of a mapping, are.") var of: Kind = .string
        @Field("The only texts that it may be.") var choices: [String]? = nil
        @Field("The value when none is given; without one it is required.") var `default`: JSONValue? = nil
        @Field("One sentence for the model, or the person, who gives it.") var help: String = ""
        init() {}

        func check(_ reader: inout FieldReader) {
            if let choices {
                if type != .string {
                    reader.problem(inValueOf: "choices", "is for texts, and not for \(type.rawValue).")
                }
                if choices.isEmpty { reader.problem(inValueOf: "choices", "must name something, but is empty.") }
            }
            if let value = `default` { reader.at("default") { schema.check(value, &$0) } }
        }

        var schema: ValueSchema {
            if let choices { return .choice(choices) }
            return type.schema(of: of.schema(of: .any))
        }
    }

    private let syntax: Syntax

    public static var schema: ValueSchema { .oneOf([Kind.schema, Syntax.schema]) }

    public var json: JSONValue { syntax.json }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if case .string = json {
            guard let kind = Kind(json, &reader) else { return nil }
            var syntax = Syntax()
            syntax.type = kind
            self.syntax = syntax
        } else {
            guard let syntax = Syntax(json, &reader) else { return nil }
            self.syntax = syntax
        }
    }

    /// The argument as modules declare theirs.
    public func field(named name: String) -> FieldSchema {
        FieldSchema(name: name, value: syntax.schema, help: syntax.help, standard: syntax.default)
    }
}

extension ArgumentDeclaration.Kind {
    fileprivate func schema(of element: ValueSchema) -> ValueSchema {
        switch self {
        case .string: .string
        case .integer: .integer
        case .number: .number
        case .boolean: .boolean
        case .list: .list(element)
        case .mapping: .mapping(element)
        case .any: .any
        }
    }
}

extension [String: ArgumentDeclaration] {
    /// The arguments as modules declare theirs, those that must be given first.
    public var fields: [FieldSchema] {
        sorted { $0.key < $1.key }.map { $0.value.field(named: $0.key) }.sorted { $0.isRequired && !$1.isRequired }
    }
}
