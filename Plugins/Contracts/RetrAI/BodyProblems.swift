import HTTPKit
import PipelineKit

/// What is wrong with a body, in the form FastAPI gives it: `{"detail":[{"type","loc","msg","input"}]}` with 422.
struct BodyProblems: Error {
    let response: HTTPResponse

    fileprivate init(_ problems: [FieldProblem], _ body: JSONValue, _ fields: [FieldSchema]) {
        let list = problems.map { $0.json(in: body, fields) }
        response = .json(["detail": .array(list)], status: .unprocessable)
    }

    fileprivate init(noJSON message: String) {
        let problem: JSONValue = ["type": "json_invalid", "loc": ["body"], "msg": .string(message), "input": [:]]
        response = .json(["detail": [problem]], status: .unprocessable)
    }
}

extension HTTPRequest {
    /// The body as a group of fields. Members that the group does not know are left alone, as clients may send them.
    func body<Group: Fields>(_ type: Group.Type) throws(BodyProblems) -> Group {
        let json: JSONValue
        do throws(HTTPError) { json = try self.json() } catch { throw BodyProblems(noJSON: error.message) }
        let fields = Group.fields
        let names = Set(fields.map(\.name))
        let known =
            if case .object(let members) = json { JSONValue.object(members.filter { names.contains($0.key) }) } else {
                json
            }
        do throws(FieldProblems) { return try Group(json: known) } catch {
            throw BodyProblems(error.all, json, fields)
        }
    }
}

extension FieldProblem {
    fileprivate func json(in body: JSONValue, _ fields: [FieldSchema]) -> JSONValue {
        let missing = message.hasPrefix("Missing required field '")
        let name = missing ? message.split(separator: "'").dropFirst().first.map(String.init) : nil
        let place = name.map { self.path.appending($0) } ?? path
        return [
            "type": .string(missing ? "missing" : kind(fields)), "loc": .array(["body"] + place.parts.map(\.json)),
            "msg": .string(message), "input": missing ? body : place.value(in: body),
        ]
    }

    /// Pydantic's name for what is wrong with a value of a field.
    private func kind(_ fields: [FieldSchema]) -> String {
        guard case .key(let name) = path.parts.first else { return "model_type" }
        guard let field = fields.first(where: { $0.name == name }), path.parts.count == 1 else { return "value_error" }
        if message.contains(" must be from ") { return "value_error" }
        return switch field.value {
        case .string: "string_type"
        case .integer: "int_type"
        case .number: "float_type"
        case .boolean: "bool_type"
        case .choice: "enum"
        case .mapping: "dict_type"
        case .any, .quantity, .list, .group, .oneOf, .recursive: "value_error"
        }
    }
}

extension FieldPath.Part {
    fileprivate var json: JSONValue {
        switch self {
        case .key(let name): .string(name)
        case .index(let place): .int(place)
        }
    }
}

extension FieldPath {
    /// What stands there; null where nothing does.
    fileprivate func value(in body: JSONValue) -> JSONValue {
        parts.reduce(body) { value, part in
            switch part {
            case .key(let name): value[name] ?? .null
            case .index(let place): value.elements.dropFirst(place).first ?? .null
            }
        }
    }
}
