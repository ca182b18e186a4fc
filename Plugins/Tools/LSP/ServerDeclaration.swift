import PipelineKit

/// What a pipeline says of one language server.
struct ServerDeclaration: Fields, Hashable {
    @Field("The program that is the server, and its arguments; it is spoken with over its standard streams.")
    var command: [String]
    @Field("Endings of the files that it knows, and what the protocol calls their language: py is python.")
    var files: [String: String]
    @Field("How long an answer may take.") var timeout: Duration = .seconds(30)
    @Field("How long the server may take until it is ready.") var startTimeout: Duration = .seconds(60)
    @Field("What the server is told when it starts, as its manual says.") var options: JSONValue = .null
    @Field("Its configuration, for when it asks: sections by name, as in the settings of an editor.")
    var configuration: JSONValue = [:]

    init() {}

    func check(_ reader: inout FieldReader) {
        if command.first?.isEmpty ?? true {
            reader.problem(inValueOf: "command", "must begin with a program: [clangd].")
        }
        if command.contains(where: { $0.utf8.contains(0) }) {
            reader.problem(inValueOf: "command", "must not hold a NUL character.")
        }
        if files.isEmpty { reader.problem(inValueOf: "files", "must name an ending, such as 'py: python'.") }
        for (ending, language) in files.sorted(by: { $0.key < $1.key }) {
            if ending.isEmpty || ending.hasPrefix(".") || ending.contains(where: { "/*".contains($0) }) {
                reader.problem(inValueOf: "files", "must have endings without a dot as its keys, but has '\(ending)'.")
            }
            if language.isEmpty { reader.problem(inValueOf: "files", "must name the language of '\(ending)'.") }
        }
        for (key, time) in [("timeout", timeout), ("start_timeout", startTimeout)] where time <= .zero {
            reader.problem(inValueOf: key, "must be more than nothing.")
        }
    }

    /// What the protocol calls the language of a file; `nil` for one that the server does not know.
    func language(of path: String) -> String? {
        let name = path.split(separator: "/").last ?? ""
        // The longest ending that fits: of `a.d.ts` that is `d.ts`, if it is among them.
        return files.filter { name.hasSuffix("." + $0.key) }.max { $0.key.utf8.count < $1.key.utf8.count }?.value
    }
}
