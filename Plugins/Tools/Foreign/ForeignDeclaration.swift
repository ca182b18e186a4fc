import PipelineKit

/// A C function as a person declares it: its signature alone, or a mapping.
struct ForeignDeclaration: FieldValue {
    private struct Syntax: Fields {
        @Field("What the function takes and returns, in the words of C: 'double(double x)'.") var signature: String
        @Field("What the tool is called; the function's name when left out.") var name: String? = nil
        @Field("One sentence about what it does; the model reads it.") var summary: String? = nil
        @Field("What it may touch, for rules to decide by; anything when left out.") var reach: [Reach]? = nil
        @Field("How long a call may take.") var timeout: Duration = .seconds(10)
        init() {}

        func check(_ reader: inout FieldReader) {
            if reach == [] { reader.problem(inValueOf: "reach", "must name something, but is empty.") }
            if timeout <= .zero || timeout > .seconds(3_600) {
                reader.problem(
                    inValueOf: "timeout",
                    "must be more than nothing and at most 1h, but is \(timeout.written)."
                )
            }
        }
    }

    /// As it was written.
    let text: String
    let signature: Signature
    let name: String?
    let summary: String?
    let reach: Set<Reach>
    let timeout: Duration

    static var schema: ValueSchema { .oneOf([.string, Syntax.schema]) }

    var json: JSONValue { .string(text) }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        var syntax = Syntax()
        if let text = json.text {
            syntax.signature = text
        } else {
            guard let read = Syntax(json, &reader) else { return nil }
            syntax = read
        }
        do throws(Failure) { signature = try SignatureParser.parse(syntax.signature) } catch {
            reader.problem(error.message)
            return nil
        }
        text = syntax.signature
        (name, summary, timeout) = (syntax.name, syntax.summary, syntax.timeout)
        reach = syntax.reach.map(Set.init) ?? Set(Reach.allCases)
    }
}
