public import PipelineKit

/// A request, read to its end.
public struct HTTPRequest: Sendable {
    public var method: HTTPMethod
    public var target: RequestTarget
    public var headers: HTTPHeaders
    public var body: [UInt8]
    /// The address of the other side, without its port: `127.0.0.1`.
    public var peer: String
    /// Names this request in logs and in the response: `X-Request-Id`.
    public var id: String
    /// Who asks; `nil` until a middleware has found out, or when everyone may ask.
    public var principal: Principal?
    /// What the route's `{names}` stand for.
    public var parameters: [String: String] = [:]

    public init(
        _ method: HTTPMethod,
        _ target: RequestTarget,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [],
        peer: String = "127.0.0.1",
        id: String = ""
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
        self.id = id
    }

    /// The part of the path that stands for `{name}`.
    ///
    /// - Precondition: the route's pattern has that name.
    public subscript(name: String) -> String {
        guard let value = parameters[name] else { preconditionFailure("The route has no '{\(name)}'.") }
        return value
    }

    /// The first value of a parameter of the query.
    public func query(_ name: String) -> String? { target.query.first { $0.name == name }?.value }

    /// A whole number of the query.
    ///
    /// - Throws: 422 when what stands there is none, or is out of the range.
    public func number(_ name: String, in range: ClosedRange<Int>) throws(HTTPError) -> Int? {
        guard let text = query(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw HTTPError(
                .unprocessable,
                "Parameter '\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound), but is "
                    + "'\(text.shown)'."
            )
        }
        return number
    }

    /// Whether the query says `true` here; without the parameter it is `false`.
    ///
    /// - Throws: 422 when something else stands there.
    public func flag(_ name: String) throws(HTTPError) -> Bool {
        switch query(name) {
        case nil, "false": return false
        case "true": return true
        case let text?:
            throw HTTPError(.unprocessable, "Parameter '\(name)' must be true or false, but is '\(text.shown)'.")
        }
    }

    /// The body as JSON; an empty body is an empty object.
    ///
    /// - Throws: 415 for a body that says it is something else, 400 for one that is no JSON.
    public func json() throws(HTTPError) -> JSONValue {
        guard !body.isEmpty else { return [:] }
        let type = (headers["content-type"] ?? "application/json").lowercased()
        let name = type.prefix { $0 != ";" }.trimmingBlanks
        guard name == "application/json" || name.hasSuffix("+json") else {
            throw HTTPError(.unsupportedMediaType, "The body must be application/json, but is '\(type.shown)'.")
        }
        do throws(JSONError) { return try JSONValue(parsing: body) } catch {
            throw HTTPError(.badRequest, "The body is no JSON. \(error)")
        }
    }

    /// The body as a group of fields, read strictly.
    ///
    /// - Throws: as ``json()``; 422 with every mistake for a body that does not fit.
    public func fields<Group: Fields>(_ type: Group.Type = Group.self) throws(HTTPError) -> Group {
        let json = try json()
        do throws(FieldProblems) { return try Group(json: json) } catch {
            let sentences = error.all.map(\.message)
            throw HTTPError(.unprocessable, sentences.joined(separator: " "), code: "invalid_body", details: sentences)
        }
    }
}

/// Who asks, as a middleware found out.
public struct Principal: Sendable, Hashable {
    /// The name of the key, or of the person; written into histories.
    public var name: String
    /// The run that it may ask and report for, and do nothing else; `nil` for who may do everything.
    public var run: String?

    public init(name: String, run: String? = nil) {
        self.name = name
        self.run = run
    }
}
